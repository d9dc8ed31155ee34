namespace MultiModal.Diffusion.Schedulers;

/// <summary>A run over latents x = alpha * image + sigma * noise with alpha^2 + sigma^2 = 1: the model is shown x itself.</summary>
abstract class AlphaRun(RunContext context, SchedulerConfig config) : SamplerRun(context)
{
    protected SchedulerConfig Config { get; } = config;

    /// <summary>The image in x, as the model's output has it, clamped where the configuration says so.</summary>
    protected void Denoise(ReadOnlySpan<float> x, ReadOnlySpan<float> output, float alpha, float sigma)
    {
        switch (Config.PredictionType)
        {
            case PredictionType.Epsilon:
                Latents.Mix(Clean, 1 / alpha, x, -sigma / alpha, output);
                break;
            case PredictionType.VPrediction:
                Latents.Mix(Clean, alpha, x, -sigma, output);
                break;
            default:
                output.CopyTo(Clean);
                break;
        }

        if (Config.Thresholding)
            Latents.Threshold(Clean, Shape.PerImage, Config.DynamicThresholdingRatio, Config.SampleMaxValue);
        else if (Config.ClipSample)
            Latents.Clamp(Clean, Config.ClipSampleRange);
    }

    /// <summary>The noise in x, as the model's output has it (before any clamping of the image).</summary>
    protected void Noise(Span<float> result, ReadOnlySpan<float> x, ReadOnlySpan<float> output, float alpha, float sigma)
    {
        switch (Config.PredictionType)
        {
            case PredictionType.Epsilon:
                output.CopyTo(result);
                break;
            case PredictionType.VPrediction:
                Latents.Mix(result, alpha, output, sigma, x);
                break;
            default:
                Latents.Mix(result, 1 / sigma, x, -alpha / sigma, Clean);
                break;
        }
    }
}
