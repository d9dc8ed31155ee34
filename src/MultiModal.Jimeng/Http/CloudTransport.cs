using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace MultiModal.Jimeng.Http;

/// <summary>What the clients send through: an HTTP client whose handlers do the work, and errors turned into the one public type.</summary>
internal sealed class CloudTransport(Func<HttpClient> client, CloudPipelines pipelines, Func<string, string> scrub)
{
    public TimeProvider Time => pipelines.Time;

    public CloudPipelines Pipelines => pipelines;

    /// <summary>Removes this client's secrets from text.</summary>
    public string Scrub(string text) => scrub(text);

    /// <summary>Sends a request and gives back the whole, good answer.</summary>
    public async Task<BufferedAnswer> SendAsync(CloudCall call, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var response = await SendCoreAsync(call, request, cancellationToken).ConfigureAwait(false);
        if (response.Content is BufferedContent whole)
            return new(whole.Bytes, response.Content.Headers.ContentType?.MediaType, response.StatusCode);
        // A host replaced the reading handler: read here what it would have read.
        var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        if ((call.ReadFault(response, bytes) ?? HttpFaults.FromStatus(response, bytes)) is { } fault)
            throw (fault with { Status = response.StatusCode }).ToException(call);
        return new(bytes, response.Content.Headers.ContentType?.MediaType, response.StatusCode);
    }

    /// <summary>Sends a request whose good answer is a stream, which the caller reads and disposes.</summary>
    public Task<HttpResponseMessage> OpenAsync(CloudCall call, HttpRequestMessage request, CancellationToken cancellationToken) => SendCoreAsync(call, request, cancellationToken);

    /// <summary>Sends a request and reads the answer as JSON.</summary>
    public async Task<T> SendAsync<T>(CloudCall call, HttpRequestMessage request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(call, request, cancellationToken).ConfigureAwait(false);
        return Read(call, answer.Bytes, type);
    }

    /// <summary>Reads JSON, or says what was not understood.</summary>
    public static T Read<T>(CloudCall call, ReadOnlyMemory<byte> json, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(json.Span, type) ?? throw new JsonException("The answer is null.");
        }
        catch (JsonException exception)
        {
            throw HttpFaults.NotUnderstood(json, $"The answer is not the JSON that this call gives ({exception.Path ?? "at its beginning"}).", exception).ToException(call);
        }
    }

    Task<HttpResponseMessage> SendCoreAsync(CloudCall call, HttpRequestMessage request, CancellationToken cancellationToken) =>
        CloudTelemetry.MeasureAsync(call, request.RequestUri, () => SendUnmeasuredAsync(call, request, cancellationToken));

    async Task<HttpResponseMessage> SendUnmeasuredAsync(CloudCall call, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        call.Scrub = scrub;
        request.Options.Set(CloudCall.Key, call);
        HttpResponseMessage response;
        try
        {
            // The factory's clients are made for being thrown away; their handlers are shared.
            response = await client().SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception) when (Explain(exception, pipelines.Options) is { } fault)
        {
            throw fault.ToException(call);
        }

        if (BufferedContent.FaultOf(response) is { } found)
        {
            response.Dispose();
            throw found.ToException(call);
        }

        return response;
    }

    /// <summary>What an exception out of the handlers means, or null where it is none of theirs.</summary>
    public static CloudFault? Explain(Exception exception, CloudResilienceOptions options) => exception switch
    {
        CloudApiException => null,
        BrokenCircuitException open => new(CloudErrorKind.CircuitOpen, Recovery.None, "Calls to this endpoint are paused, because most of the last ones failed.")
        {
            Advice = "Wait, or see the earlier errors for the cause.",
            RetryAfter = open.RetryAfter ?? options.CircuitBreakDuration,
            Retryable = true,
            Cause = open,
        },
        TimeoutRejectedException late => new(CloudErrorKind.Timeout, Recovery.Unclear, $"No whole answer within {late.Timeout.TotalSeconds:0.###} s.") { Advice = "Raise AttemptTimeout or TotalTimeout if the service is known to be slow.", Cause = late },
        OperationCanceledException late => new(CloudErrorKind.Timeout, Recovery.Unclear, "The request was given up before the answer arrived.") { Cause = late },
        HttpRequestException or IOException or CloudFaultException => HttpFaults.FromException(exception),
        _ => null,
    };
}
