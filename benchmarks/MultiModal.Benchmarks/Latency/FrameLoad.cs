using System.Diagnostics;
using MultiModal.Images;
using MultiModal.Pipeline.Composition;
using MultiModal.Pipeline.Monitoring;

namespace MultiModal.Benchmarks.Latency;

/// <summary>
/// Requests with a frame of 1280x720 as PNG, at a fixed rate whether or not earlier ones are done: decoded, shown at 224x224 to a stand-in for a
/// filter, and given in batches to a stand-in for an engine that takes 5 ms a batch.
/// </summary>
sealed class FrameLoad
{
    public const int Width = 1280, Height = 720;

    readonly byte[][] frames = [.. Enumerable.Range(0, 8).Select(Frame)];
    readonly Pipeline<byte[], int> pipeline = PipelineBuilder.Create<byte[]>("frames")
        .Then("decode", static data => PngCodec.Default.Decode(data), new() { MaxConcurrency = Environment.ProcessorCount, QueueCapacity = 16 })
        .Then("filter", static frame => Filter(frame))
        .Batch("engine", static async (items, token) =>
        {
            await Task.Delay(5, token);
            return items;
        }, new() { MaxSize = 8, MaxWait = TimeSpan.FromMilliseconds(5) })
        .Build();

    /// <summary>Runs the load.</summary>
    /// <returns>Times from when a request was due to its end, how many failed, and megabytes in use at a tenth of the time and at the end.</returns>
    public async Task<Result> RunAsync(double rate, TimeSpan duration, CancellationToken cancellationToken)
    {
        foreach (var frame in frames) await pipeline.RunAsync(frame, null, cancellationToken);
        var recorder = new LatencyRecorder();
        var (failed, requests, total) = (0, new List<Task>(), (int)(rate * duration.TotalSeconds));
        var (early, clock) = (0.0, Stopwatch.StartNew());
        for (var i = 0; i < total; i++)
        {
            var due = TimeSpan.FromSeconds(i / rate);
            if (due - clock.Elapsed is { Ticks: > 0 } wait) await Task.Delay(wait, cancellationToken);
            requests.Add(RequestAsync(frames[i % frames.Length], due));
            if (i == total / 10) early = Memory();
            if (requests.Count > 1000) requests.RemoveAll(static request => request.IsCompleted);
        }

        await Task.WhenAll(requests);
        return new(recorder.Summarize(), failed, total / clock.Elapsed.TotalSeconds, early, Memory());

        async Task RequestAsync(byte[] frame, TimeSpan due)
        {
            try
            {
                await pipeline.RunAsync(frame, null, cancellationToken);
                recorder.Record(clock.Elapsed - due);
            }
            catch (Exception) when (!cancellationToken.IsCancellationRequested)
            {
                Interlocked.Increment(ref failed);
            }
        }
    }

    static double Memory()
    {
        GC.Collect();
        return Process.GetCurrentProcess().WorkingSet64 / 1e6;
    }

    static int Filter(ImageBuffer frame)
    {
        var small = frame.Resize(224, 224, ResizeFilter.Bilinear);
        var sum = 0;
        foreach (var value in small.Pixels) sum += value;
        return sum;
    }

    /// <summary>A frame that compresses about as a photograph does: slopes, with noise in the lowest bits.</summary>
    static byte[] Frame(int seed)
    {
        var (image, random) = (new ImageBuffer(Width, Height), new Random(seed));
        for (var y = 0; y < Height; y++)
        {
            var row = image.Row(y);
            for (var x = 0; x < row.Length; x++) row[x] = (byte)(((x / 3 * (seed + 1)) + (y * 2)) / 8 + random.Next(4));
        }

        return PngCodec.Default.Encode(image);
    }

    public sealed record Result(LatencySummary Latency, int Failed, double Rate, double EarlyMegabytes, double LateMegabytes);
}
