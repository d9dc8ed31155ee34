namespace MultiModal.Voice.Signal;

/// <summary>A part of a sound, in samples.</summary>
/// <param name="Start">The first sample.</param>
/// <param name="End">The sample after the last; equal to <paramref name="Start"/> where a sound is only cut and nothing lies between.</param>
/// <param name="IsSilence">Whether nothing is heard in it, so that it need not be converted.</param>
public readonly record struct SoundSpan(int Start, int End, bool IsSilence)
{
    /// <summary>The number of samples.</summary>
    public int Length => End - Start;
}
