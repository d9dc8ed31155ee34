using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using MultiModal.AspNetCore.Access;
using MultiModal.AspNetCore.Errors;
using MultiModal.AspNetCore.Grpc.Wire;
using MultiModal.AspNetCore.Limits;
using MultiModal.AspNetCore.Monitoring;

namespace MultiModal.AspNetCore.Hosting;

/// <summary>
/// Stands before every endpoint of the host: checks address, rate, origin and credential, and turns what goes wrong into answers. It is part of the
/// endpoints, not a middleware that an application could forget or put at the wrong place.
/// </summary>
internal sealed partial class Guard(AccessControl access, RequestRates rates, Faults faults, HostMetrics metrics, ILogger<Guard> logger)
{
    public async Task InvokeAsync(HttpContext context, RequestDelegate endpoint, bool isOpen)
    {
        try
        {
            rates.CountAddress(access.CheckAddress(context));
            access.CheckOrigin(context.Request);
            if (!isOpen)
            {
                var caller = await access.AuthenticateAsync(context).ConfigureAwait(false);
                rates.CountCaller(caller.Id);
                context.Features.Set(caller);
            }

            await endpoint(context).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            await AnswerAsync(context, error).ConfigureAwait(false);
        }
    }

    async Task AnswerAsync(HttpContext context, Exception error)
    {
        var refusal = faults.Explain(error);
        // A lost connection is known by a failed read sooner than by its token; engines' own files are read in jobs, whose errors come as refusals.
        if (context.RequestAborted.IsCancellationRequested || error is IOException and not BadHttpRequestException)
        {
            context.Abort();
            LogGone(context.Request.Path);
            return;
        }

        metrics.Refused(refusal.Code);
        var trace = Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;
        if (refusal.Status >= 500 && refusal.Status != 503)
            LogFailed(error is RefusalException ? null : error, context.Request.Path, trace);
        if (context.Response.HasStarted)
        {
            // Half an answer must not look like a whole one.
            context.Abort();
            return;
        }

        if (GrpcHeaders.IsGrpc(context.Request.ContentType) && !HttpProtocol.IsHttp11(context.Request.Protocol))
            GrpcEndpoint.Refuse(context, refusal);
        else
            await Problem.WriteAsync(context, refusal, trace).ConfigureAwait(false);
    }

    [LoggerMessage(LogLevel.Error, "The request {Path} failed ({Trace}).")]
    partial void LogFailed(Exception? error, string path, string trace);

    [LoggerMessage(LogLevel.Debug, "The client of {Path} has gone.")]
    partial void LogGone(string path);
}
