namespace MultiModal.Pipeline.Monitoring;

/// <summary>Measures how long work takes, over and over.</summary>
public static class LatencyBenchmark
{
    /// <summary>Measures work.</summary>
    /// <param name="work">The work.</param>
    /// <param name="iterations">How often it is measured, at least 1.</param>
    /// <param name="warmUp">How often it runs before that without being measured: the first runs compile code and touch memory. Default 3.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <returns>Average, p50, p90, p99 and the extremes.</returns>
    public static LatencySummary Run(Action work, int iterations, int warmUp = 3, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(work);
        Check(iterations, warmUp);
        var recorder = new LatencyRecorder(time);
        for (var i = -warmUp; i < iterations; i++)
        {
            if (i < 0)
            {
                work();
                continue;
            }

            using (recorder.Start())
                work();
        }

        return recorder.Summarize();
    }

    /// <summary>Measures asynchronous work, one run after the other.</summary>
    /// <param name="work">The work.</param>
    /// <param name="iterations">How often it is measured, at least 1.</param>
    /// <param name="warmUp">How often it runs before that without being measured. Default 3.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="cancellationToken">Gives the measurement up.</param>
    /// <returns>Average, p50, p90, p99 and the extremes.</returns>
    public static async Task<LatencySummary> RunAsync(
        Func<CancellationToken, Task> work, int iterations, int warmUp = 3, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        Check(iterations, warmUp);
        var recorder = new LatencyRecorder(time);
        for (var i = -warmUp; i < iterations; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (i < 0)
            {
                await work(cancellationToken).ConfigureAwait(false);
                continue;
            }

            using (recorder.Start())
                await work(cancellationToken).ConfigureAwait(false);
        }

        return recorder.Summarize();
    }

    static void Check(int iterations, int warmUp)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(iterations, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(warmUp);
    }
}
