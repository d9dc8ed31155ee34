namespace MultiModal.Diffusion.Schedulers.KDiffusion;

/// <summary>sample_dpm_2_ancestral: the slope in the middle of the way down, then noise up to the next level.</summary>
sealed class KDpm2AncestralRun(RunContext context, PredictionType prediction, float[] sigmas, float[] seen) : KTwoCallRun(context, prediction, sigmas, seen)
{
    protected override void First(float sigma, float second, float next, Span<float> x)
    {
        var ratio = (second - sigma) / sigma;
        Latents.Mix(x, 1 + ratio, x, -ratio, Clean);
    }

    protected override void Second(float sigma, float second, float next, Span<float> x)
    {
        var (down, up) = SigmaPlan.Ancestral(sigma, next);
        var slope = (down - sigma) / second;
        Latents.Mix(x, 1, Start, slope, x, -slope, Clean);
        Latents.Add(x, up * Options.NoiseScale, Draw());
    }
}
