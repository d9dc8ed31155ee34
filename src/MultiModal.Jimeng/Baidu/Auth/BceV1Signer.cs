using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MultiModal.Jimeng.Baidu.Auth;

/// <summary>
/// Baidu's IAM signature, version 1 (bce-auth-v1), over method, path, query, host and x-bce-date. The body is not signed.
/// Canonical form as in Baidu's own SDKs, with the header names in sorted order.
/// </summary>
internal static class BceV1Signer
{
    const int ValidSeconds = 1800;

    /// <summary>The values of <c>x-bce-date</c> and <c>authorization</c>.</summary>
    /// <param name="method">The HTTP method.</param>
    /// <param name="host">As it is signed: without a port.</param>
    /// <param name="path">The path, unescaped.</param>
    /// <param name="query">Names and values, unescaped.</param>
    /// <param name="accessKey">The IAM access key.</param>
    /// <param name="secretKey">The IAM secret.</param>
    /// <param name="now">The time the signature carries.</param>
    public static (string Date, string Authorization) Sign(string method, string host, string path, IEnumerable<KeyValuePair<string, string>> query, string accessKey, string secretKey, DateTimeOffset now)
    {
        var date = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var scope = $"bce-auth-v1/{accessKey}/{date}/{ValidSeconds}";
        var signingKey = Hmac(Encoding.UTF8.GetBytes(secretKey), scope);
        var canonicalPath = string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
        var canonicalQuery = string.Join('&', query
            .Where(pair => !pair.Key.Equals("authorization", StringComparison.OrdinalIgnoreCase))
            .Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}")
            .Order(StringComparer.Ordinal));
        var headers = $"host:{Uri.EscapeDataString(host)}\nx-bce-date:{Uri.EscapeDataString(date)}";
        var signature = Hmac(Encoding.UTF8.GetBytes(signingKey), $"{method}\n{canonicalPath}\n{canonicalQuery}\n{headers}");
        return (date, $"{scope}/host;x-bce-date/{signature}");
    }

    static string Hmac(byte[] key, string text) => Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
}
