namespace MultiModal.Jimeng.Http;

/// <summary>The time as the service has it. Signatures carry the time, and a wrong clock on our side must not stop a program.</summary>
internal sealed class ServerClock(TimeProvider time)
{
    long offsetTicks;

    public DateTimeOffset UtcNow => time.GetUtcNow() + new TimeSpan(Interlocked.Read(ref offsetTicks));

    /// <summary>Takes over the service's time from an answer.</summary>
    /// <returns>Whether the answer told the time, so that signing again can help.</returns>
    public bool Learn(HttpResponseMessage response)
    {
        if (response.Headers.Date is not { } date)
            return false;
        Interlocked.Exchange(ref offsetTicks, (date - time.GetUtcNow()).Ticks);
        return true;
    }
}
