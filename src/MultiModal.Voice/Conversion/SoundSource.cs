namespace MultiModal.Voice.Conversion;

/// <summary>Where a conversion reads its input: one channel, piece after piece.</summary>
abstract class SoundSource
{
    public abstract int SampleRate { get; }

    /// <summary>Samples in all, or null where that shows only at the end.</summary>
    public abstract long? Length { get; }

    /// <summary>The next samples, at most as many as there is room for; 0 at the end. NaN and infinities come as silence.</summary>
    public abstract ValueTask<int> ReadAsync(Memory<float> destination, CancellationToken cancellationToken);

    /// <summary>The mean of a frame's channels.</summary>
    protected static float Mix(ReadOnlySpan<float> frame)
    {
        var sum = 0f;
        foreach (var value in frame) sum += value;
        return float.IsFinite(sum) ? sum / frame.Length : 0;
    }
}
