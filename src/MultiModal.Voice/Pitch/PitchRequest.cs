namespace MultiModal.Voice.Pitch;

/// <summary>What is wanted of a pitch estimator.</summary>
/// <param name="SampleRate">The rate of the sound, in Hz.</param>
/// <param name="Hop">Samples from frame to frame, at that rate.</param>
/// <param name="FrameCount">The number of frames wanted; samples / hop (rounded down) when null.</param>
public readonly record struct PitchRequest(int SampleRate, int Hop = 512, int? FrameCount = null)
{
    /// <summary>The number of frames for a sound of that many samples.</summary>
    /// <param name="samples">The number of samples.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value of the request is outside its range.</exception>
    public int FramesFor(int samples)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(SampleRate, 1000);
        ArgumentOutOfRangeException.ThrowIfLessThan(Hop, 1);
        var frames = FrameCount ?? samples / Hop;
        ArgumentOutOfRangeException.ThrowIfNegative(frames, nameof(FrameCount));
        return frames;
    }
}
