using MultiModal.Voice.Pitch;

namespace MultiModal.Voice.Training.Data;

/// <summary>A clip of a training set with what is computed of it once.</summary>
sealed class VoiceClip
{
    /// <summary>The file.</summary>
    public required string Path { get; init; }

    /// <summary>The speaker's number.</summary>
    public required int Speaker { get; init; }

    /// <summary>The samples, 16 bits.</summary>
    public required short[] Samples { get; init; }

    /// <summary>Content units at their own rate, [channels, units], as the encoder gives them; more than one where variants were asked for.</summary>
    public required IReadOnlyList<float[]> Units { get; init; }

    /// <summary>The pitch of each frame.</summary>
    public required PitchCurve Pitch { get; init; }

    public int Frames => Pitch.Count;
}
