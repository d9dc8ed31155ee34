namespace MultiModal.Diffusion.Schedulers.KDiffusion;

/// <summary>sample_euler_ancestral: as diffusers' Euler a, but the last step draws no noise.</summary>
sealed class KEulerAncestralRun(RunContext context, PredictionType prediction) : SigmaRun(context, prediction)
{
    protected override float SigmaAt(int call) => Schedule.Sigmas[call];

    private protected override void Step(int call, Span<float> x, ReadOnlySpan<float> output)
    {
        var (sigma, next) = (Schedule.Sigmas[call], Schedule.Sigmas[call + 1]);
        Denoise(x, output, sigma);
        var (down, up) = SigmaPlan.Ancestral(sigma, next, Options.Eta ?? 1);
        var ratio = (down - sigma) / sigma;
        Latents.Mix(x, 1 + ratio, x, -ratio, Clean);
        if (next > 0)
            Latents.Add(x, up * Options.NoiseScale, Draw());
    }
}
