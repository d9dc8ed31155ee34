using MultiModal.Voice.Content;

namespace MultiModal.Voice.Tests.Training;

/// <summary>Content units without a network: the loudness of 20 ms and some functions of it.</summary>
sealed class PlainEncoder(float scale = 1) : IContentEncoder
{
    int calls;

    public int Calls => calls;

    public string Name => "plain";

    public int Channels => 8;

    public Task<ContentUnits> EncodeAsync(ReadOnlyMemory<float> samples, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref calls);
        var frames = Math.Max(1, samples.Length / 320);
        var values = new float[Channels * frames];
        for (var t = 0; t < frames; t++)
        {
            var part = samples.Span.Slice(t * 320, Math.Min(320, samples.Length - (t * 320)));
            var sum = 0f;
            foreach (var sample in part) sum += sample * sample;
            for (var c = 0; c < Channels; c++) values[(c * frames) + t] = scale * MathF.Sin((c + 1) * sum);
        }

        return Task.FromResult(new ContentUnits(values, Channels, frames));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
