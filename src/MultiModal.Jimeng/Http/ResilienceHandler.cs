namespace MultiModal.Jimeng.Http;

/// <summary>Runs each call through the pipeline of its endpoint; every attempt is a fresh message.</summary>
internal sealed class ResilienceHandler(CloudPipelines pipelines) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (CloudCall.Of(request) is not { } call)
            return base.SendAsync(request, cancellationToken);
        return pipelines.SendAsync(call, token => base.SendAsync(CloudCall.Clone(request), token), cancellationToken);
    }
}
