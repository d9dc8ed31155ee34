namespace MultiModal.Pipeline.Monitoring;

/// <summary>Gathers times and tells their exact percentiles. Keeps 8 bytes for each. Safe for concurrent use.</summary>
public sealed class LatencyRecorder
{
    readonly TimeProvider time;
    readonly Lock gate = new();
    long[] ticks = [];
    int count;

    /// <summary>Makes a recorder.</summary>
    /// <param name="time">The clock for <see cref="Start"/>; null for the system's.</param>
    public LatencyRecorder(TimeProvider? time = null) => this.time = time ?? TimeProvider.System;

    /// <summary>How many times there are.</summary>
    public int Count
    {
        get
        {
            lock (gate)
                return count;
        }
    }

    /// <summary>Adds a time.</summary>
    /// <param name="elapsed">The time; not negative.</param>
    public void Record(TimeSpan elapsed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(elapsed, TimeSpan.Zero);
        lock (gate)
        {
            if (count == ticks.Length)
                Array.Resize(ref ticks, Math.Max(256, 2 * count));
            ticks[count++] = elapsed.Ticks;
        }
    }

    /// <summary>Begins a time that ends, and is added, when the result is disposed.</summary>
    public Measurement Start() => new(this, time.GetTimestamp());

    /// <summary>A percentile, by nearest rank.</summary>
    /// <param name="percentile">Which, above 0 and at most 100.</param>
    /// <returns>The smallest time that at least so many per cent of all do not exceed; zero where there is none.</returns>
    public TimeSpan Percentile(double percentile)
    {
        if (!(percentile is > 0 and <= 100))
            throw new ArgumentOutOfRangeException(nameof(percentile), percentile, "A percentile is above 0 and at most 100.");
        return At(Sorted(), percentile);
    }

    /// <summary>All there is to say of the times so far.</summary>
    public LatencySummary Summarize()
    {
        var sorted = Sorted();
        if (sorted.Length == 0)
            return new(0, default, default, default, default, default, default);
        var average = sorted.Average();
        return new(sorted.Length, TimeSpan.FromTicks((long)average), TimeSpan.FromTicks(sorted[0]), At(sorted, 50), At(sorted, 90), At(sorted, 99), TimeSpan.FromTicks(sorted[^1]));
    }

    /// <summary>Forgets all times.</summary>
    public void Reset()
    {
        lock (gate)
            count = 0;
    }

    long[] Sorted()
    {
        long[] copy;
        lock (gate)
            copy = ticks[..count];
        Array.Sort(copy);
        return copy;
    }

    static TimeSpan At(long[] sorted, double percentile)
    {
        if (sorted.Length == 0)
            return TimeSpan.Zero;
        // 99 * 0.01 * 100 is above 99 in floating point: ranks are found without dividing first.
        var rank = (int)Math.Ceiling(percentile * sorted.Length / 100);
        return TimeSpan.FromTicks(sorted[Math.Clamp(rank, 1, sorted.Length) - 1]);
    }

    /// <summary>A time under way.</summary>
    public readonly struct Measurement : IDisposable
    {
        readonly LatencyRecorder recorder;
        readonly long started;

        internal Measurement(LatencyRecorder recorder, long started) => (this.recorder, this.started) = (recorder, started);

        /// <summary>Ends the time and adds it.</summary>
        public void Dispose() => recorder.Record(recorder.time.GetElapsedTime(started));
    }
}
