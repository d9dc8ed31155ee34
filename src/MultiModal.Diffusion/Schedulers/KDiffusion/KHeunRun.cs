namespace MultiModal.Diffusion.Schedulers.KDiffusion;

/// <summary>sample_heun: Euler steps corrected by the slope at their end.</summary>
sealed class KHeunRun(RunContext context, PredictionType prediction, float[] sigmas, float[] seen) : KTwoCallRun(context, prediction, sigmas, seen)
{
    readonly float[] slope = new float[context.Shape.Count];

    protected override void First(float sigma, float second, float next, Span<float> x)
    {
        Latents.Mix(slope, 1 / sigma, x, -1 / sigma, Clean);
        Latents.Add(x, next - sigma, slope);
    }

    protected override void Second(float sigma, float second, float next, Span<float> x)
    {
        Latents.Mix(slope, 0.5f, slope, 0.5f / next, x, -0.5f / next, Clean);
        Latents.Mix(x, 1, Start, next - sigma, slope);
    }
}
