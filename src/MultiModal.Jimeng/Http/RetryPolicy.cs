namespace MultiModal.Jimeng.Http;

/// <summary>Decides whether and when a failed attempt is followed by another: one table, used by HTTP and by WebSocket handshakes alike.</summary>
internal sealed class RetryPolicy(CloudResilienceOptions options, Func<double>? random = null)
{
    readonly Func<double> random = random ?? Random.Shared.NextDouble;

    /// <summary>The wait before the next attempt, or null where there must be none.</summary>
    /// <param name="call">The call; a smaller body is chosen in it where that is the remedy.</param>
    /// <param name="fault">How the last attempt failed.</param>
    /// <param name="book">What was already tried for this call.</param>
    public TimeSpan? Next(CloudCall call, CloudFault fault, RetryBook book)
    {
        var recovery = call.Sent == 0 && fault.Recovery == Recovery.Unclear ? Recovery.NotSent : fault.Recovery;
        switch (recovery)
        {
            case Recovery.BackOff when book.RateLimited < options.MaxRateLimitRetries:
                return Wait(fault, book.RateLimited++);
            case Recovery.AtOnce when call.Safety != CallSafety.Submit && book.BadGateway < options.MaxBadGatewayRetries:
                book.BadGateway++;
                return TimeSpan.Zero;
            case Recovery.NotSent when book.Transient < options.MaxTransientRetries:
            case Recovery.Later when call.Safety != CallSafety.Submit && book.Transient < options.MaxTransientRetries:
            case Recovery.Unclear when MayRepeatUnclear(call) && book.Transient < options.MaxTransientRetries:
                return Wait(fault, book.Transient++);
            case Recovery.Compact when call.Compactness < call.MaxCompactness:
                call.Compactness++;
                return TimeSpan.Zero;
            default:
                return null;
        }
    }

    bool MayRepeatUnclear(CloudCall call) => call.Safety == CallSafety.Free || (call.Safety == CallSafety.Paid && options.RepeatPaidCalls);

    TimeSpan? Wait(CloudFault fault, int earlier)
    {
        if (fault.RetryAfter is { } asked)
            return asked > options.MaxRetryAfter ? null : asked;
        var delay = options.BaseDelay.TotalMilliseconds * Math.Pow(2, Math.Min(earlier, 40));
        delay = Math.Min(delay, options.MaxDelay.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(delay * (1 + (options.Jitter * random())));
    }
}
