namespace MultiModal.Diffusion.Generation;

/// <summary>Tells the part that is done to whoever does not know of steps.</summary>
sealed class FractionOfSteps(IProgress<double> progress) : IProgress<DiffusionProgress>
{
    public void Report(DiffusionProgress value) => progress.Report(value.Steps == 0 ? 1 : value.Step / (double)value.Steps);
}
