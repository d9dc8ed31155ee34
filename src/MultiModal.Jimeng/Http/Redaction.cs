using System.Text.RegularExpressions;

namespace MultiModal.Jimeng.Http;

/// <summary>Takes secrets out of text that people will read.</summary>
internal static partial class Redaction
{
    const string Mask = "***";

    /// <summary>An address without user, query and fragment: what a log may say of it.</summary>
    public static string Of(Uri? uri)
    {
        if (uri is null)
            return "(none)";
        if (!uri.IsAbsoluteUri)
            return "(relative)";
        var query = uri.Query.Length > 1 ? "?" + Mask : "";
        return $"{uri.Scheme}://{uri.Authority}{uri.AbsolutePath}{query}";
    }

    /// <summary>Text without the given secrets and without anything that looks like a token, a signature or an authorization.</summary>
    public static string Of(string text, IEnumerable<string?> secrets)
    {
        foreach (var secret in secrets)
        {
            if (secret is { Length: >= 4 })
            {
                text = text.Replace(secret, Mask, StringComparison.Ordinal);
                var escaped = Uri.EscapeDataString(secret);
                if (escaped != secret)
                    text = text.Replace(escaped, Mask, StringComparison.OrdinalIgnoreCase);
            }
        }

        text = NamedSecret().Replace(text, "$1" + Mask);
        text = SchemeSecret().Replace(text, "$1" + Mask);
        return TokenShape().Replace(text, Mask);
    }

    [GeneratedRegex("""((?:access_token|client_secret|client_id|refresh_token|session_secret|session_key|token|tok|appkey|api_key|secret_key|x-security-token|signature)["']?\s*[=:]\s*["']?)[^\s"'&<>,;}]+""", RegexOptions.IgnoreCase)]
    private static partial Regex NamedSecret();

    [GeneratedRegex("""((?:Bearer|Credential=|bce-auth-v1/)\s*)[^\s"',;]+""", RegexOptions.IgnoreCase)]
    private static partial Regex SchemeSecret();

    // An access token of Baidu: 24.<hash>.<lifetime>.<expiry>.<app>; an API key: bce-v3/ALTAK-...
    [GeneratedRegex("""\b2[45]\.[0-9a-f]{16,}\.[0-9.\-]+|bce-v3/[A-Za-z0-9\-/_]+""")]
    private static partial Regex TokenShape();
}
