namespace MultiModal.Diffusion.Schedulers;

/// <summary>A run over latents x = image + sigma * noise: the model is shown x / sqrt(sigma^2 + 1).</summary>
abstract class SigmaRun(RunContext context, PredictionType prediction) : SamplerRun(context)
{
    /// <summary>The noise level the model sees at a call.</summary>
    protected abstract float SigmaAt(int call);

    private protected override float InputDivisor(int call)
    {
        var sigma = SigmaAt(call);
        return MathF.Sqrt((sigma * sigma) + 1);
    }

    /// <summary>The image in x, as the model's output has it.</summary>
    protected void Denoise(ReadOnlySpan<float> x, ReadOnlySpan<float> output, float sigma)
    {
        switch (prediction)
        {
            case PredictionType.Epsilon:
                Latents.Mix(Clean, 1, x, -sigma, output);
                break;
            case PredictionType.VPrediction:
                var square = (sigma * sigma) + 1;
                Latents.Mix(Clean, -sigma / MathF.Sqrt(square), output, 1 / square, x);
                break;
            default:
                output.CopyTo(Clean);
                break;
        }
    }
}
