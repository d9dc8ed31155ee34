namespace MultiModal.Jimeng.Http;

/// <summary>Fetches results. Their addresses carry their own permission, so no credentials go along.</summary>
internal static class Downloads
{
    const long MaxBytes = 1L << 30;
    const int MaxRedirects = 5;

    public static async Task<CloudFile> GetAsync(CloudTransport transport, string vendor, string operation, Uri address, CancellationToken cancellationToken)
    {
        if (!address.IsAbsoluteUri)
            throw new CloudApiException(vendor, operation, CloudErrorKind.InvalidInput, "The download address is not absolute.");
        var next = SecureUri.Upgrade(address);
        for (var redirects = 0; ; redirects++)
        {
            var call = new CloudCall
            {
                Vendor = vendor,
                Operation = operation,
                Partition = next.Authority,
                Safety = CallSafety.Free,
                ReadFault = static (response, body) => response.IsSuccessStatusCode && body.IsEmpty ? HttpFaults.NotUnderstood(body, "The file is empty.") : null,
                AttemptTimeout = TimeSpan.FromMinutes(5),
                MaxResponseBytes = MaxBytes,
                TakesRedirects = redirects < MaxRedirects,
            };
            using var request = new HttpRequestMessage(HttpMethod.Get, next);
            using var response = await transport.OpenAsync(call, request, cancellationToken).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode && response.Headers.Location is { } location)
            {
                next = SecureUri.Upgrade(new Uri(next, location));
                continue;
            }

            var bytes = response.Content is BufferedContent whole ? whole.Bytes : await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            return CloudFile.Of(bytes, response.Content.Headers.ContentType?.MediaType, next);
        }
    }
}
