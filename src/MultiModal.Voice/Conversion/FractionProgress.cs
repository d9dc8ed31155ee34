namespace MultiModal.Voice.Conversion;

/// <summary>Tells the part that is done to whoever wants just that.</summary>
sealed class FractionProgress(IProgress<double> target) : IProgress<ConversionProgress>
{
    public static FractionProgress? Of(IProgress<double>? target) => target is null ? null : new(target);

    public void Report(ConversionProgress value) => target.Report(value.Fraction);
}
