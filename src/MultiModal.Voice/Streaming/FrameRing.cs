namespace MultiModal.Voice.Streaming;

/// <summary>The latest frames of several channels, at their numbers since the beginning of a stream. What was never written is zero.</summary>
/// <param name="channels">How many values a frame has.</param>
/// <param name="capacity">How many frames are kept.</param>
sealed class FrameRing(int channels, int capacity)
{
    readonly float[] values = new float[channels * capacity];

    /// <summary>How many frames are kept.</summary>
    public int Capacity => capacity;

    /// <summary>A frame's values. Numbers before the beginning are there, too, as zeros.</summary>
    public Span<float> this[long frame] => values.AsSpan(Place(frame) * channels, channels);

    /// <summary>Copies frames channel by channel, as networks take them: [channels, count].</summary>
    public void CopyTo(long first, int count, Span<float> destination)
    {
        for (var i = 0; i < count; i++)
        {
            var frame = this[first + i];
            for (var c = 0; c < channels; c++) destination[(c * count) + i] = frame[c];
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear() => Array.Clear(values);

    int Place(long frame) => (int)(((frame % capacity) + capacity) % capacity);
}
