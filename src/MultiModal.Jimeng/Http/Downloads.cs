namespace MultiModal.Jimeng.Http;

/// <summary>Fetches results. Their addresses carry their own permission, so no credentials go along.</summary>
internal static class Downloads
{
    const long MaxBytes = 1L << 30;

    public static async Task<CloudFile> GetAsync(CloudTransport transport, string vendor, string operation, Uri address, CancellationToken cancellationToken)
    {
        var call = new CloudCall
        {
            Vendor = vendor,
            Operation = operation,
            Partition = address.IsAbsoluteUri ? address.Authority : "",
            Safety = CallSafety.Free,
            ReadFault = static (response, body) => response.IsSuccessStatusCode && body.IsEmpty ? HttpFaults.NotUnderstood(body, "The file is empty.") : null,
            AttemptTimeout = TimeSpan.FromMinutes(5),
            MaxResponseBytes = MaxBytes,
        };
        if (!address.IsAbsoluteUri)
            throw new CloudApiException(vendor, operation, CloudErrorKind.InvalidInput, "The download address is not absolute.");
        var secure = SecureUri.Upgrade(address);
        using var request = new HttpRequestMessage(HttpMethod.Get, secure);
        var answer = await transport.SendAsync(call, request, cancellationToken).ConfigureAwait(false);
        return CloudFile.Of(answer.Bytes, answer.MediaType, secure);
    }
}
