using System.Net.Http.Headers;
using MultiModal.Jimeng.Http;

namespace MultiModal.Jimeng.Volcengine;

/// <summary>Signs each attempt afresh, and once more by the service's clock where ours turns out to be wrong.</summary>
internal sealed class VolcSigningHandler(JimengOptions options, ServerClock clock) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (CloudCall.Of(request) is not { Token: TokenPlacement.Signature })
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);

        // The body is bytes in memory: what is hashed is what is sent.
        var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        for (var corrections = 0; ; corrections++)
        {
            var response = await base.SendAsync(Sign(request, body), cancellationToken).ConfigureAwait(false);
            // A request with a wrong time was refused before anything was done, so that even a submission may be sent again.
            if (corrections == 2 || BufferedContent.FaultOf(response) is not { Recovery: Recovery.AdjustClock } || !clock.Learn(response))
                return response;
            response.Dispose();
        }
    }

    HttpRequestMessage Sign(HttpRequestMessage request, byte[] body)
    {
        var uri = request.RequestUri!;
        var host = uri.IsDefaultPort ? uri.IdnHost : $"{uri.IdnHost}:{uri.Port}";
        var headers = new List<KeyValuePair<string, string>> { new("Host", host) };
        if (request.Content?.Headers.ContentType is { } type)
            headers.Add(new("Content-Type", type.ToString()));
        var query = uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(static pair =>
        {
            var split = pair.IndexOf('=', StringComparison.Ordinal);
            return split < 0
                ? KeyValuePair.Create(Uri.UnescapeDataString(pair), "")
                : KeyValuePair.Create(Uri.UnescapeDataString(pair[..split]), Uri.UnescapeDataString(pair[(split + 1)..]));
        }).ToList();
        var path = Uri.UnescapeDataString(uri.AbsolutePath);
        var signature = VolcSigner.Sign(new(request.Method.Method, path, query, headers, body), options.AccessKeyId!, options.SecretAccessKey!, options.SessionToken, options.Region, options.Service, clock.UtcNow);

        var copy = CloudCall.Clone(request);
        copy.RequestUri = new Uri($"{uri.Scheme}://{uri.Authority}{VolcSigner.CanonicalPath(path)}?{signature.CanonicalQuery}");
        copy.Headers.Host = host;
        var content = new ByteArrayContent(body);
        foreach (var (name, value) in signature.Headers)
        {
            if (name == "Content-Type")
                content.Headers.ContentType = MediaTypeHeaderValue.Parse(value);
            else if (name != "Host")
                copy.Headers.TryAddWithoutValidation(name, value);
        }

        copy.Content = content;
        copy.Headers.TryAddWithoutValidation("Authorization", signature.Authorization);
        return copy;
    }
}
