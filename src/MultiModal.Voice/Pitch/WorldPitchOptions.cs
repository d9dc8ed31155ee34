namespace MultiModal.Voice.Pitch;

/// <summary>The parameters of WORLD's estimators, with the values so-vits-svc uses.</summary>
public sealed record WorldPitchOptions
{
    /// <summary>The pitches looked for; 50 to 1100 Hz by default.</summary>
    public PitchRange Range { get; init; } = PitchRange.Default;

    /// <summary>Whether the result is refined by <see cref="StoneMask"/>; true by default.</summary>
    public bool Refine { get; init; } = true;

    /// <summary>
    /// Whether the pitch is rounded to tenths of a hertz, as so-vits-svc does with Dio (1.7 cents at 100 Hz). Null, the default, is what so-vits-svc does:
    /// true for Dio, false for Harvest.
    /// </summary>
    public bool? RoundToTenths { get; init; }
}
