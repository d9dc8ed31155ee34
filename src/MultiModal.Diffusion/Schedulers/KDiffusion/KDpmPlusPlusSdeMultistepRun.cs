namespace MultiModal.Diffusion.Schedulers.KDiffusion;

/// <summary>sample_dpmpp_2m_sde (midpoint) and sample_dpmpp_3m_sde: DPM-Solver++ for the stochastic equation, from the last two or three images.</summary>
sealed class KDpmPlusPlusSdeMultistepRun(RunContext context, PredictionType prediction, int order) : SigmaRun(context, prediction)
{
    readonly History<float[]> images = History.OfBuffers(order, context.Shape.Count);

    protected override float SigmaAt(int call) => Schedule.Sigmas[call];

    private protected override void Step(int call, Span<float> x, ReadOnlySpan<float> output)
    {
        var sigmas = Schedule.Sigmas;
        var (sigma, next) = (sigmas[call], sigmas[call + 1]);
        Denoise(x, output, sigma);
        Clean.CopyTo(images.Push());
        if (next == 0)
        {
            Clean.CopyTo(x);
            return;
        }

        var eta = Options.Eta ?? 1;
        var h = MathF.Log(sigma / next);
        var reach = h * (1 + eta);
        var decay = MathF.Exp(-reach);
        if (images.Count == 1)
        {
            Latents.Mix(x, decay, x, 1 - decay, images[0]);
        }
        else
        {
            var r0 = MathF.Log(sigmas[call - 1] / sigma) / h;
            var phi2 = ((decay - 1) / reach) + 1;
            if (images.Count == 2)
            {
                // 2M takes the midpoint rule; 3M, while it starts, the exact weight.
                var slope = (order == 2 ? 0.5f * (1 - decay) : phi2) / r0;
                Latents.Mix(x, decay, x, 1 - decay + slope, images[0], -slope, images[1]);
            }
            else
            {
                var r1 = MathF.Log(sigmas[call - 2] / sigmas[call - 1]) / h;
                var phi3 = (phi2 / reach) - 0.5f;
                var ofFirst = (phi2 * (1 + (r0 / (r0 + r1)))) - (phi3 / (r0 + r1));
                var ofSecond = (phi3 / (r0 + r1)) - (phi2 * r0 / (r0 + r1));
                Latents.Mix(x, decay, x, 1 - decay + (ofFirst / r0), images[0], (ofSecond / r1) - (ofFirst / r0), images[1]);
                Latents.Add(x, -ofSecond / r1, images[2]);
            }
        }

        if (eta > 0)
            Latents.Add(x, next * MathF.Sqrt(1 - MathF.Exp(-2 * h * eta)) * Options.NoiseScale, Draw());
    }
}
