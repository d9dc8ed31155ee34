namespace MultiModal.Voice.Conversion;

/// <summary>Joins the progress of several conversions to one.</summary>
sealed class SharedProgress(int count, IProgress<double>? target)
{
    readonly Lock gate = new();
    readonly double[] parts = new double[count];
    readonly IProgress<double>? target = target;

    /// <summary>The progress of one of them.</summary>
    public IProgress<ConversionProgress>? Of(int index) => target is null ? null : new Part(this, index);

    sealed class Part(SharedProgress whole, int index) : IProgress<ConversionProgress>
    {
        public void Report(ConversionProgress value)
        {
            // Told within the lock, so that it never goes back.
            lock (whole.gate)
            {
                whole.parts[index] = value.Fraction;
                whole.target!.Report(whole.parts.Sum() / whole.parts.Length);
            }
        }
    }
}
