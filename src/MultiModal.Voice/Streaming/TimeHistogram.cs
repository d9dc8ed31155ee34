namespace MultiModal.Voice.Streaming;

/// <summary>Counts durations in steps of a two-hundredth of a unit, up to ten of it, without allocating.</summary>
sealed class TimeHistogram(TimeSpan unit)
{
    const int Steps = 200;

    readonly long[] counts = new long[(10 * Steps) + 1];

    public long Count { get; private set; }

    public TimeSpan Longest { get; private set; }

    public void Add(TimeSpan time)
    {
        counts[(int)Math.Clamp(time / unit * Steps, 0, counts.Length - 1)]++;
        Count++;
        if (time > Longest) Longest = time;
    }

    /// <summary>What the given share of durations stayed below; the longest at most.</summary>
    public TimeSpan Percentile(double share)
    {
        var wanted = (long)Math.Ceiling(Count * share);
        var sum = 0L;
        for (var i = 0; i < counts.Length && Count > 0; i++)
        {
            sum += counts[i];
            if (sum < wanted) continue;
            var limit = unit * ((i + 1) / (double)Steps);
            return limit < Longest ? limit : Longest;
        }

        return Longest;
    }
}
