using Microsoft.Extensions.Logging;

namespace MultiModal.Jimeng.Http;

/// <summary>Logs each attempt: operation, address without its query, status and fault. Never headers, bodies or tokens.</summary>
internal sealed partial class CloudLoggingHandler(ILogger logger, TimeProvider time) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (CloudCall.Of(request) is not { } call || !logger.IsEnabled(LogLevel.Warning))
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);

        var address = Redaction.Of(request.RequestUri);
        var started = time.GetTimestamp();
        LogSending(call.Operation, request.Method.Method, address, call.Attempts);
        try
        {
            var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            var elapsed = time.GetElapsedTime(started).TotalMilliseconds;
            if (BufferedContent.FaultOf(response) is { } fault)
                LogFault(call.Operation, address, (int)response.StatusCode, fault.Kind, call.Scrub(fault.Code ?? "none"), fault.RequestId, elapsed);
            else
                LogAnswered(call.Operation, address, (int)response.StatusCode, elapsed);
            return response;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogBroken(call.Operation, address, exception.GetType().Name, time.GetElapsedTime(started).TotalMilliseconds);
            throw;
        }
    }

    [LoggerMessage(1, LogLevel.Debug, "{Operation}: {Method} {Address}, attempt {Attempt}")]
    partial void LogSending(string operation, string method, string address, int attempt);

    [LoggerMessage(2, LogLevel.Debug, "{Operation}: {Address} answered {Status} in {Milliseconds:F0} ms")]
    partial void LogAnswered(string operation, string address, int status, double milliseconds);

    [LoggerMessage(3, LogLevel.Warning, "{Operation}: {Address} answered {Status}, {Kind}, code {Code}, request {RequestId}, in {Milliseconds:F0} ms")]
    partial void LogFault(string operation, string address, int status, CloudErrorKind kind, string code, string? requestId, double milliseconds);

    [LoggerMessage(4, LogLevel.Warning, "{Operation}: {Address} broke off with {Error} after {Milliseconds:F0} ms")]
    partial void LogBroken(string operation, string address, string error, double milliseconds);
}
