namespace MultiModal.Voice.Pitch;

/// <summary>Finds the pitch of a voice, frame by frame. Implementations may be used by several threads at once.</summary>
public interface IPitchEstimator
{
    /// <summary>What so-vits-svc calls the method: "pm", "dio", "harvest", "crepe", "rmvpe", "fcpe".</summary>
    string Name { get; }

    /// <summary>Estimates the pitch of a sound.</summary>
    /// <param name="samples">The samples of one channel, nominally -1 to 1. NaN and infinities count as silence. May be of any length, even none.</param>
    /// <param name="request">The rate, the hop and the number of frames.</param>
    /// <returns>One pitch a frame, frame i being at sample i times the hop.</returns>
    PitchCurve Estimate(ReadOnlySpan<float> samples, PitchRequest request);
}
