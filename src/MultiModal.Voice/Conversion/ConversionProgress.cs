namespace MultiModal.Voice.Conversion;

/// <summary>How far a conversion is.</summary>
/// <param name="Done">How much of the input is converted.</param>
/// <param name="Total">How long the input is.</param>
public readonly record struct ConversionProgress(TimeSpan Done, TimeSpan Total)
{
    /// <summary>0 at the beginning, 1 at the end.</summary>
    public double Fraction => Total > TimeSpan.Zero ? Math.Min(1, Done / Total) : 1;
}
