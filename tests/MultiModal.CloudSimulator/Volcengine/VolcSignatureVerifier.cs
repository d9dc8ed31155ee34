using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MultiModal.CloudSimulator.Volcengine;

/// <summary>
/// Checks Volcengine's signatures from what arrives: raw path, raw query, headers, body. Written apart from the client, so that the two
/// check each other.
/// </summary>
public static class VolcSignatureVerifier
{
    /// <summary>What the gateway would say of a request, or null where it accepts it.</summary>
    /// <param name="method">The HTTP method.</param>
    /// <param name="path">The path as it arrives, escaped or not.</param>
    /// <param name="query">Names and values, unescaped, in the order in which they arrive.</param>
    /// <param name="headers">All headers.</param>
    /// <param name="body">The body.</param>
    /// <param name="secretOf">The secret of an access key, or null.</param>
    /// <param name="now">The gateway's time.</param>
    /// <param name="window">How far the signature's time may be from it.</param>
    /// <param name="sessionToken">The session token that must be there, or null.</param>
    public static (int Number, string Code, int Status)? Check(
        string method,
        string path,
        IReadOnlyList<KeyValuePair<string, string>> query,
        IReadOnlyList<KeyValuePair<string, string>> headers,
        ReadOnlySpan<byte> body,
        Func<string, string?> secretOf,
        DateTimeOffset now,
        TimeSpan window,
        string? sessionToken = null)
    {
        string? Header(string name) => headers.Where(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(static header => header.Value).FirstOrDefault();
        if (Header("Authorization") is not { } authorization)
            return (100003, "MissingAuthenticationToken", 401);
        if (Header("X-Date") is not { } date)
            return (100004, "MissingRequestInfo", 400);
        const string Scheme = "HMAC-SHA256 ";
        if (!authorization.StartsWith(Scheme, StringComparison.Ordinal))
            return (100024, "InvalidAuthorization", 400);
        var parts = authorization[Scheme.Length..].Split(", ").Select(static part => part.Split('=', 2)).Where(static part => part.Length == 2).ToDictionary(static part => part[0], static part => part[1]);
        if (!parts.TryGetValue("Credential", out var credential) || !parts.TryGetValue("SignedHeaders", out var signedNames) || !parts.TryGetValue("Signature", out var signature))
            return (100024, "InvalidAuthorization", 400);
        var scope = credential.Split('/');
        if (scope.Length != 5 || scope[4] != "request")
            return (100024, "InvalidAuthorization", 400);
        if (secretOf(scope[0]) is not { } secret)
            return (100009, "InvalidAccessKey", 401);
        if (!DateTimeOffset.TryParseExact(date, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) || (now - time).Duration() > window || scope[1] != date[..8])
            return (100006, "InvalidTimestamp", 400);
        var hash = Convert.ToHexStringLower(SHA256.HashData(body));
        if (Header("X-Content-Sha256") is { } announced && announced != hash)
            return (100010, "SignatureDoesNotMatch", 401);

        // Every X- header, host and date have to be covered by the signature.
        var names = signedNames.Split(';');
        if (!names.Contains("host") || !names.Contains("x-date") || headers.Any(header => header.Key.StartsWith("X-", StringComparison.OrdinalIgnoreCase) && !names.Contains(header.Key.ToLowerInvariant())))
            return (100010, "SignatureDoesNotMatch", 401);
        if (sessionToken is not null && Header("X-Security-Token") != sessionToken)
            return (100026, "InvalidSecretToken", 401);
        var canonical = new StringBuilder(method).Append('\n');
        canonical.Append(path.Length == 0 ? "/" : Encode(Uri.UnescapeDataString(path), keep: '/')).Append('\n');
        canonical.AppendJoin('&', query.Select(static (pair, index) => (pair, index)).OrderBy(static item => item.pair.Key, StringComparer.Ordinal).ThenBy(static item => item.index).Select(static item => $"{Encode(item.pair.Key)}={Encode(item.pair.Value)}")).Append('\n');
        foreach (var name in names)
        {
            var value = Header(name)?.Trim();
            if (value is null)
                return (100010, "SignatureDoesNotMatch", 401);
            if (name == "host" && (value.EndsWith(":80", StringComparison.Ordinal) || value.EndsWith(":443", StringComparison.Ordinal)))
                value = value[..value.LastIndexOf(':')];
            canonical.Append(name).Append(':').Append(value).Append('\n');
        }

        canonical.Append('\n').Append(signedNames).Append('\n').Append(hash);
        var toSign = $"HMAC-SHA256\n{date}\n{string.Join('/', scope[1..])}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical.ToString())))}";
        var key = Encoding.UTF8.GetBytes(secret);
        foreach (var step in scope[1..])
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(step));
        var expected = Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign)));
        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(expected), Encoding.ASCII.GetBytes(signature)) ? null : (100010, "SignatureDoesNotMatch", 401);
    }

    static string Encode(string text, char keep = '\0')
    {
        var result = new StringBuilder();
        foreach (var value in Encoding.UTF8.GetBytes(text))
        {
            var c = (char)value;
            if (char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '~' || (c == keep && keep != '\0'))
                result.Append(c);
            else
                result.Append(CultureInfo.InvariantCulture, $"%{value:X2}");
        }

        return result.ToString();
    }
}
