using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MultiModal.AspNetCore.Errors;
using MultiModal.AspNetCore.Limits;

namespace MultiModal.AspNetCore.Grpc.Wire;

/// <summary>Serves one method: gRPC over HTTP/2 as PROTOCOL-HTTP2.md of gRPC describes it.</summary>
internal sealed partial class GrpcEndpoint(IOptions<MultiModalHostOptions> options, UploadBudget budget, Faults faults, ILogger<GrpcEndpoint> logger)
{
    public async Task ServeAsync(HttpContext context, Func<GrpcCall, Task> method)
    {
        GrpcCall? call = null;
        try
        {
            if (!GrpcHeaders.IsGrpc(context.Request.ContentType))
                throw new RefusalException(new(415, "not-grpc", $"The content type of a call is {GrpcHeaders.ContentType}."));
            if (!HttpProtocol.IsHttp2(context.Request.Protocol) && !HttpProtocol.IsHttp3(context.Request.Protocol))
                throw new RefusalException(new(426, "http2-needed", "gRPC needs HTTP/2."));
            Begin(context.Response);
            call = new(context, options.Value.Grpc, budget);
            await method(call).ConfigureAwait(false);
            Finish(context, GrpcStatus.Ok, "", null);
        }
        catch (Exception error) when (call is not null || error is GrpcException)
        {
            var ending = Explain(error, call);
            if (ending.Status == GrpcStatus.Internal)
                LogFailed(error is RefusalException ? null : error, context.Request.Path);
            Finish(context, ending.Status, ending.Message, ending.RetryAfter);
        }
        finally
        {
            call?.Dispose();
        }
    }

    /// <summary>Answers with a refusal before a call has begun: everything stands in the headers, and there is no body.</summary>
    public static void Refuse(HttpContext context, Refusal refusal)
    {
        Begin(context.Response);
        Finish(context, refusal.GrpcStatus, refusal.Detail, refusal.RetryAfter);
    }

    static void Begin(HttpResponse response)
    {
        response.StatusCode = 200;
        response.ContentType = GrpcHeaders.ContentType;
        response.Headers[GrpcHeaders.AcceptEncoding] = "identity,gzip";
    }

    static void Finish(HttpContext context, GrpcStatus status, string message, TimeSpan? retryAfter)
    {
        if (context.RequestAborted.IsCancellationRequested)
            return;
        // An error before the first message stands in the headers ("Trailers-Only"); everything else behind the messages.
        Action<string, string> write = context.Response.HasStarted || status == GrpcStatus.Ok
            ? (name, value) => context.Response.AppendTrailer(name, value)
            : (name, value) => context.Response.Headers[name] = value;
        write(GrpcHeaders.Status, ((int)status).ToString(CultureInfo.InvariantCulture));
        if (message.Length > 0)
            write(GrpcHeaders.Message, GrpcHeaders.EncodeMessage(message));
        if (retryAfter is { } wait)
            write(GrpcHeaders.RetryPushback, ((long)wait.TotalMilliseconds).ToString(CultureInfo.InvariantCulture));
    }

    (GrpcStatus Status, string Message, TimeSpan? RetryAfter) Explain(Exception error, GrpcCall? call)
    {
        if (call is { IsPastDeadline: true } && error is (OperationCanceledException or RefusalException { Refusal.Status: 499 }))
            return (GrpcStatus.DeadlineExceeded, "The deadline has passed.", null);
        return error switch
        {
            GrpcException fault => (fault.Status, fault.Message, null),
            // The host itself only reads and writes the connection; what engines read is in their jobs.
            OperationCanceledException or (IOException and not BadHttpRequestException) => (GrpcStatus.Cancelled, "The call was cancelled.", null),
            _ => Of(faults.Explain(error)),
        };

        static (GrpcStatus, string, TimeSpan?) Of(Refusal refusal) => (refusal.GrpcStatus, refusal.Detail, refusal.RetryAfter);
    }

    [LoggerMessage(LogLevel.Error, "The gRPC call {Method} failed.")]
    partial void LogFailed(Exception? error, string method);
}
