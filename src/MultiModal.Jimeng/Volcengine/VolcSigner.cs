using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MultiModal.Jimeng.Volcengine;

/// <summary>
/// Volcengine's request signature, version 4 (HMAC-SHA256): the reference is the vendor's own SDK for Python and its manual, pages
/// 6369/67269 and following. Header values are trimmed as the manual and the Go SDK have it.
/// </summary>
internal static class VolcSigner
{
    const string Algorithm = "HMAC-SHA256";
    const string DefaultContentType = "application/x-www-form-urlencoded; charset=utf-8";

    /// <summary>Signs a request.</summary>
    /// <param name="request">What is sent.</param>
    /// <param name="accessKey">The access key id.</param>
    /// <param name="secretKey">The secret access key, as it is given out.</param>
    /// <param name="sessionToken">The token of temporary credentials, or null.</param>
    /// <param name="region">The region, such as <c>cn-north-1</c>.</param>
    /// <param name="service">The service, such as <c>cv</c>.</param>
    /// <param name="now">The time the signature carries.</param>
    public static VolcSignature Sign(VolcRequest request, string accessKey, string secretKey, string? sessionToken, string region, string service, DateTimeOffset now)
    {
        var date = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var payload = Hex(SHA256.HashData(request.Body.Span));
        var headers = request.Headers.ToList();
        if (request.Method == "POST" && !headers.Exists(static header => header.Key.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)))
            headers.Add(new("Content-Type", DefaultContentType));
        headers.Add(new("X-Date", date));
        headers.Add(new("X-Content-Sha256", payload));
        if (!string.IsNullOrEmpty(sessionToken))
            headers.Add(new("X-Security-Token", sessionToken));

        var signed = headers.Where(static header => IsSigned(header.Key))
            .Select(static header => (Name: header.Key.ToLowerInvariant(), header.Value))
            .Select(static header => (header.Name, Value: header.Name == "host" ? WithoutDefaultPort(header.Value) : header.Value.Trim()))
            .OrderBy(static header => header.Name, StringComparer.Ordinal)
            .ToList();
        var names = string.Join(';', signed.Select(static header => header.Name));
        var query = CanonicalQuery(request.Query);
        var canonical = $"{request.Method}\n{CanonicalPath(request.Path)}\n{query}\n{string.Concat(signed.Select(static header => $"{header.Name}:{header.Value}\n"))}\n{names}\n{payload}";

        var day = date[..8];
        var scope = $"{day}/{region}/{service}/request";
        var toSign = $"{Algorithm}\n{date}\n{scope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var key = Hmac(Hmac(Hmac(Hmac(Encoding.UTF8.GetBytes(secretKey), day), region), service), "request");
        var signature = Hex(Hmac(key, toSign));
        return new()
        {
            CanonicalRequest = canonical,
            CanonicalQuery = query,
            StringToSign = toSign,
            Signature = signature,
            SignedHeaders = names,
            PayloadHash = payload,
            Date = date,
            Authorization = $"{Algorithm} Credential={accessKey}/{scope}, SignedHeaders={names}, Signature={signature}",
            Headers = headers,
        };
    }

    /// <summary>The path with each segment escaped.</summary>
    public static string CanonicalPath(string path) => path.Length == 0 ? "/" : string.Join('/', path.Split('/').Select(Uri.EscapeDataString));

    /// <summary>The query in the order that is signed, and that is sent.</summary>
    public static string CanonicalQuery(IEnumerable<KeyValuePair<string, string>> query) =>
        // OrderBy is stable: equal keys keep their order.
        string.Join('&', query.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"));

    static bool IsSigned(string name) =>
        name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Content-Md5", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Host", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("X-", StringComparison.OrdinalIgnoreCase);

    static string WithoutDefaultPort(string host)
    {
        host = host.Trim();
        return host.EndsWith(":80", StringComparison.Ordinal) ? host[..^3] : host.EndsWith(":443", StringComparison.Ordinal) ? host[..^4] : host;
    }

    static byte[] Hmac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
