namespace MultiModal.Diffusion.Schedulers.KDiffusion;

/// <summary>sample_dpmpp_2m: DPM-Solver++(2M), the image extrapolated from the last two.</summary>
sealed class KDpmPlusPlus2MRun(RunContext context, PredictionType prediction) : SigmaRun(context, prediction)
{
    readonly History<float[]> images = History.OfBuffers(2, context.Shape.Count);

    protected override float SigmaAt(int call) => Schedule.Sigmas[call];

    private protected override void Step(int call, Span<float> x, ReadOnlySpan<float> output)
    {
        var sigmas = Schedule.Sigmas;
        var (sigma, next) = (sigmas[call], sigmas[call + 1]);
        Denoise(x, output, sigma);
        Clean.CopyTo(images.Push());
        var ratio = next / sigma;
        if (images.Count < 2 || next == 0)
        {
            Latents.Mix(x, ratio, x, 1 - ratio, images[0]);
            return;
        }

        // r: the last step over this one, both in -log(sigma).
        var r = MathF.Log(sigmas[call - 1] / sigma) / MathF.Log(sigma / next);
        var back = 1 / (2 * r);
        Latents.Mix(x, ratio, x, (1 - ratio) * (1 + back), images[0], -(1 - ratio) * back, images[1]);
    }
}
