namespace MultiModal.Diffusion.Schedulers.KDiffusion;

/// <summary>sample_dpmpp_2s_ancestral: DPM-Solver++(2S) down, then noise up to the next level.</summary>
sealed class KDpmPlusPlus2SAncestralRun(RunContext context, PredictionType prediction, float[] sigmas, float[] seen)
    : KTwoCallRun(context, prediction, sigmas, seen)
{
    // In t = -log(sigma), exp(-h) is the ratio of the levels: x moves by it towards the image.
    protected override void First(float sigma, float second, float next, Span<float> x) =>
        Latents.Mix(x, second / sigma, x, 1 - (second / sigma), Clean);

    protected override void Second(float sigma, float second, float next, Span<float> x)
    {
        var (down, up) = SigmaPlan.Ancestral(sigma, next);
        Latents.Mix(x, down / sigma, Start, 1 - (down / sigma), Clean, up * Options.NoiseScale, Draw());
    }
}
