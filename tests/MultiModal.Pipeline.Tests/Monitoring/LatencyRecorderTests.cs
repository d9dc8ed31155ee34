using MultiModal.Pipeline.Monitoring;
using MultiModal.Testing.Time;

namespace MultiModal.Pipeline.Tests.Monitoring;

public sealed class LatencyRecorderTests
{
    [Theory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(10, 5, 9, 10)]
    [InlineData(100, 50, 90, 99)]
    [InlineData(1000, 500, 900, 990)]
    [InlineData(101, 51, 91, 100)]
    public void Percentiles_are_the_times_of_nearest_rank(int count, int p50, int p90, int p99)
    {
        var recorder = new LatencyRecorder();
        var times = Enumerable.Range(1, count).ToArray();
        new Random(count).Shuffle(times);
        foreach (var ms in times) recorder.Record(TimeSpan.FromMilliseconds(ms));
        var summary = recorder.Summarize();
        Assert.Equal(
            (count, Ms(1), Ms(p50), Ms(p90), Ms(p99), Ms(count)), (summary.Count, summary.Min, summary.P50, summary.P90, summary.P99, summary.Max));
        Assert.Equal(Ms((count + 1) / 2.0), summary.Average);
        Assert.Equal(Ms(count), recorder.Percentile(100));

        static TimeSpan Ms(double ms) => TimeSpan.FromMilliseconds(ms);
    }

    [Fact]
    public void Of_no_time_nothing_is_said() => Assert.Equal((0, TimeSpan.Zero), (new LatencyRecorder().Summarize().Count, new LatencyRecorder().Percentile(99)));

    [Fact]
    public void Times_from_many_threads_are_all_kept()
    {
        var recorder = new LatencyRecorder();
        Parallel.For(0, 10_000, i => recorder.Record(TimeSpan.FromTicks(i)));
        Assert.Equal((10_000, TimeSpan.FromTicks(9999)), (recorder.Count, recorder.Percentile(100)));
    }

    [Fact]
    public void A_measurement_goes_by_the_recorders_clock()
    {
        var time = new ManualTimeProvider();
        var recorder = new LatencyRecorder(time);
        using (recorder.Start()) time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(TimeSpan.FromSeconds(3), recorder.Summarize().Max);
        recorder.Reset();
        Assert.Equal(0, recorder.Count);
    }

    [Fact]
    public async Task A_benchmark_measures_as_often_as_asked_after_warming_up()
    {
        var time = new ManualTimeProvider();
        var runs = 0;
        var summary = LatencyBenchmark.Run(() => time.Advance(TimeSpan.FromMilliseconds(++runs)), 10, 2, time);
        Assert.Equal((12, 10L), (runs, summary.Count));
        Assert.Equal((3, 7.5, 11, 12), (summary.Min.TotalMilliseconds, summary.Average.TotalMilliseconds, summary.P90.TotalMilliseconds, summary.P99.TotalMilliseconds));
        var later = await LatencyBenchmark.RunAsync(
            async token =>
            {
                await Task.Delay(1, token);
                time.Advance(TimeSpan.FromMilliseconds(5));
            },
            4, 1, time);
        Assert.Equal((4L, 5), (later.Count, later.P99.TotalMilliseconds));
        Assert.StartsWith("4 times: avg 5 ms, p50 5 ms", later.ToString(), StringComparison.Ordinal);
    }
}
