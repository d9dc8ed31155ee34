namespace MultiModal.Jimeng.Http;

/// <summary>Keys and pictures travel encrypted, except to this machine itself.</summary>
internal static class SecureUri
{
    /// <summary>Whether an address may be used.</summary>
    public static bool IsAllowed(Uri uri) => uri.IsAbsoluteUri && (uri.Scheme is "https" or "wss" || (uri.Scheme is "http" or "ws" && uri.IsLoopback));

    /// <summary>Refuses an address that would send in the clear.</summary>
    public static void Require(Uri uri)
    {
        if (!IsAllowed(uri))
            throw new CloudFaultException(new(CloudErrorKind.InvalidInput, Recovery.None, $"The address {Redaction.Of(uri)} is not https.") { Advice = "Only loopback addresses may be http." });
    }

    /// <summary>A vendor's download address with https in place of http: their stores serve both.</summary>
    public static Uri Upgrade(Uri uri) => uri.Scheme == "http" && !uri.IsLoopback ? new UriBuilder(uri) { Scheme = "https", Port = uri.IsDefaultPort ? -1 : uri.Port }.Uri : uri;

    /// <summary>The WebSocket address beside an HTTP one.</summary>
    public static Uri WebSocket(Uri uri) => new UriBuilder(uri) { Scheme = uri.Scheme is "http" or "ws" ? "ws" : "wss", Port = uri.IsDefaultPort ? -1 : uri.Port }.Uri;
}
