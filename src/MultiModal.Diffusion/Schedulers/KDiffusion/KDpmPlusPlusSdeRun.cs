namespace MultiModal.Diffusion.Schedulers.KDiffusion;

/// <summary>sample_dpmpp_sde with r = 1/2: noise is added at the middle and at the end of each step.</summary>
sealed class KDpmPlusPlusSdeRun(RunContext context, PredictionType prediction, float[] sigmas, float[] seen)
    : KTwoCallRun(context, prediction, sigmas, seen)
{
    protected override void First(float sigma, float second, float next, Span<float> x) => Move(x, x, sigma, second);

    // With r = 1/2 only the image seen in the middle counts.
    protected override void Second(float sigma, float second, float next, Span<float> x) => Move(x, Start, sigma, next);

    void Move(Span<float> x, ReadOnlySpan<float> from, float sigma, float to)
    {
        var (down, up) = SigmaPlan.Ancestral(sigma, to, Options.Eta ?? 1);
        Latents.Mix(x, down / sigma, from, 1 - (down / sigma), Clean, up * Options.NoiseScale, Draw());
    }
}
