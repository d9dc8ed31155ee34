using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using MultiModal.AspNetCore.Errors;

namespace MultiModal.AspNetCore.Limits;

/// <summary>Bounds uploads: each of them in size and time, all of them together in memory.</summary>
internal sealed class UploadBudget : IDisposable
{
    const int Unit = 1024;

    readonly LimitOptions limits;
    readonly TimeProvider time;
    readonly ConcurrencyLimiter memory;
    readonly int units;

    public UploadBudget(IOptions<MultiModalHostOptions> options, TimeProvider time)
    {
        (limits, this.time) = (options.Value.Limits, time);
        units = Units(limits.MaximumUploadBytesInFlight);
        memory = new(new() { PermitLimit = units, QueueLimit = 0 });
    }

    /// <summary>Reads a body within the limits.</summary>
    /// <param name="context">The request.</param>
    /// <param name="maximumBytes">Its largest size.</param>
    /// <param name="read">Reads it; the token fires when the client has gone or is too slow.</param>
    /// <exception cref="RefusalException">It is too large or too slow, or too many others are under way.</exception>
    public async Task<T> ReadAsync<T>(HttpContext context, long maximumBytes, Func<CancellationToken, Task<T>> read)
    {
        var length = context.Request.ContentLength;
        if (length > maximumBytes)
            throw Refusal.TooLarge($"The body has {length} bytes; {maximumBytes} are the most.").Exception();
        // The server itself counts bytes of bodies that do not say how long they are.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = maximumBytes;
        using var reserved = memory.AttemptAcquire(Math.Min(units, Units(length ?? maximumBytes)));
        if (!reserved.IsAcquired)
            throw Refusal.TooMany("uploads-full", "Too many uploads are under way.", TimeSpan.FromSeconds(2)).Exception();
        using var slow = new CancellationTokenSource(limits.UploadTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(slow.Token, context.RequestAborted);
        try
        {
            return await read(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (slow.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            // What is left of it is not waited for.
            context.Response.Headers.Connection = "close";
            throw new RefusalException(new(408, "too-slow", "The request arrived too slowly."));
        }
    }

    public void Dispose() => memory.Dispose();

    static int Units(long bytes) => (int)Math.Clamp((bytes + Unit - 1) / Unit, 0, int.MaxValue);
}
