using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MultiModal.CloudSimulator.Baidu;

/// <summary>Who may call: a token, a bearer key, or an IAM signature, and never two of them.</summary>
internal static class BaiduAccess
{
    /// <summary>0: may call; otherwise Baidu's common code.</summary>
    public static int Check(HttpContext context, Simulator simulator, string? token)
    {
        var authorization = context.Request.Headers.Authorization.ToString();
        if (authorization.Length > 0 && token is not null)
            return 100;
        if (authorization.StartsWith("Bearer ", StringComparison.Ordinal))
            return authorization["Bearer ".Length..] == simulator.Options.BearerKey ? 0 : 110;
        if (authorization.StartsWith("bce-auth-v1/", StringComparison.Ordinal))
            return CheckIam(context, simulator, authorization) ? 0 : 14;
        return simulator.Tokens.Check(token);
    }

    static bool CheckIam(HttpContext context, Simulator simulator, string authorization)
    {
        var parts = authorization.Split('/');
        if (parts.Length != 6 || parts[1] != simulator.Options.BaiduApiKey || context.Request.Headers["x-bce-date"] != parts[2])
            return false;
        var time = DateTimeOffset.Parse(parts[2], CultureInfo.InvariantCulture);
        if (simulator.Now > time.AddSeconds(int.Parse(parts[3], CultureInfo.InvariantCulture)) || simulator.Now < time.AddMinutes(-5))
            return false;
        var key = Hmac(simulator.Options.BaiduSecretKey, string.Join('/', parts[..4]));
        var query = string.Join('&', context.Request.Query.SelectMany(static field => field.Value.Select(value => $"{Uri.EscapeDataString(field.Key)}={Uri.EscapeDataString(value ?? "")}")).Order(StringComparer.Ordinal));
        var headers = string.Join('\n', parts[4].Split(';').Select(name => $"{name}:{Uri.EscapeDataString(name == "host" ? context.Request.Host.Host : context.Request.Headers[name].ToString().Trim())}"));
        var canonical = $"{context.Request.Method}\n{Uri.EscapeDataString(context.Request.Path.Value!).Replace("%2F", "/", StringComparison.Ordinal)}\n{query}\n{headers}";
        return Hmac(key, canonical) == parts[5];
    }

    static string Hmac(string key, string text) => Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(text)));
}
