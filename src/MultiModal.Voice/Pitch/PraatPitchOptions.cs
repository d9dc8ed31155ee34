namespace MultiModal.Voice.Pitch;

/// <summary>The parameters of Praat's "To Pitch (ac)", with the values so-vits-svc uses.</summary>
public sealed record PraatPitchOptions
{
    /// <summary>The pitches looked for; 50 to 1100 Hz by default.</summary>
    public PitchRange Range { get; init; } = PitchRange.Default;

    /// <summary>The strength a voiced candidate must surpass, 0 to 1; 0.6 by default (Praat's own default is 0.45).</summary>
    public double VoicingThreshold { get; init; } = 0.6;

    /// <summary>Frames whose peak is below this fraction of the whole sound's are probably silent; 0.03 by default.</summary>
    public double SilenceThreshold { get; init; } = 0.03;

    /// <summary>How much high candidates are favoured, per octave; 0.01 by default.</summary>
    public double OctaveCost { get; init; } = 0.01;

    /// <summary>The cost of a jump of an octave within 10 ms; 0.35 by default.</summary>
    public double OctaveJumpCost { get; init; } = 0.35;

    /// <summary>The cost of a change between voiced and unvoiced within 10 ms; 0.14 by default.</summary>
    public double VoicedUnvoicedCost { get; init; } = 0.14;

    /// <summary>The most candidates a frame, at least 2; 15 by default, raised to ceiling / floor where that is more.</summary>
    public int MaxCandidates { get; init; } = 15;
}
