using System.Buffers;
using System.Net;

namespace MultiModal.Jimeng.Http;

/// <summary>
/// The innermost handler: reads answers whole, within a limit and within the attempt's time, and finds the vendor's error in them,
/// so that the handlers around it can judge an answer as cheaply as a status code.
/// </summary>
internal sealed class ResponseReadingHandler : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (CloudCall.Of(request) is not { } call)
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);

        SecureUri.Require(request.RequestUri!);
        call.CountSent();
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        try
        {
            if (call.Streams && response.IsSuccessStatusCode && IsStream(response))
                return response;
            var body = await ReadAsync(call, response, cancellationToken).ConfigureAwait(false);
            var fault = IsRedirect(call, response) ? null : call.ReadFault(response, body) ?? HttpFaults.FromStatus(response, body);
            var content = new BufferedContent(body, fault is null ? null : fault with { Status = response.StatusCode, RetryAfter = fault.RetryAfter ?? HttpFaults.RetryAfter(response) });
            foreach (var (name, values) in response.Content.Headers.NonValidated)
                content.Headers.TryAddWithoutValidation(name, values);
            response.Content.Dispose();
            response.Content = content;
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    static bool IsRedirect(CloudCall call, HttpResponseMessage response) => call.TakesRedirects && (int)response.StatusCode is >= 300 and < 400 && response.Headers.Location is not null;

    static bool IsStream(HttpResponseMessage response) =>
        response.Content.Headers.ContentType?.MediaType is "text/event-stream" or "application/octet-stream" or "application/x-ndjson";

    static async Task<byte[]> ReadAsync(CloudCall call, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var announced = response.Content.Headers.ContentLength;
        if (announced > call.MaxResponseBytes)
            throw TooLarge(call);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        // The announced length is only a hint: memory is taken as bytes really arrive.
        var result = new ArrayBufferWriter<byte>((int)Math.Clamp(announced ?? 4096, 256, 1 << 20));
        while (true)
        {
            var count = await stream.ReadAsync(result.GetMemory(4096), cancellationToken).ConfigureAwait(false);
            if (count == 0)
                break;
            result.Advance(count);
            if (result.WrittenCount > call.MaxResponseBytes)
                throw TooLarge(call);
        }

        if (announced is { } length && result.WrittenCount < length && response.RequestMessage?.Method != HttpMethod.Head)
            throw new HttpRequestException(HttpRequestError.ResponseEnded, "The connection closed before the whole answer had arrived.");
        return result.WrittenSpan.ToArray();
    }

    static CloudFaultException TooLarge(CloudCall call) => new(new(
        CloudErrorKind.UnexpectedResponse,
        Recovery.None,
        $"The answer is larger than the {call.MaxResponseBytes} bytes accepted for this call.") { Status = HttpStatusCode.OK });
}
