using MultiModal.Diffusion.Schedulers;
using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;

namespace MultiModal.Diffusion.Training;

/// <summary>What a denoiser is trained for: latents with the noise of a random timestep go in, the noise (or the velocity) is to come out.</summary>
sealed class DenoisingObjective
{
    readonly NoiseTable table;

    public DenoisingObjective(SchedulerConfig config)
    {
        table = NoiseTable.Of(config, finiteEnd: false);
        Prediction = config.PredictionType;
    }

    /// <summary>What the network predicts.</summary>
    public PredictionType Prediction { get; }

    /// <summary>How many timesteps there are.</summary>
    public int Timesteps => table.Length;

    /// <summary>
    /// The sum over rows of weight times the row's mean squared error. Weights of 1 / rows make it the mean over all elements; the losses of
    /// the trade differ in nothing but the weights.
    /// </summary>
    /// <param name="prediction">[rows, ...]</param>
    /// <param name="target">[rows, ...]</param>
    /// <param name="weights">[rows]</param>
    public static Tensor Loss(Tensor prediction, Tensor target, Tensor weights)
    {
        var error = prediction - target;
        return Ops.Sum(Ops.Mean(error * error, [.. Enumerable.Range(1, error.Rank - 1)]) * weights);
    }

    /// <summary>sqrt(a) x + sqrt(1 - a) noise, with the a of each row's timestep.</summary>
    public TensorData AddNoise(TensorData latents, TensorData noise, ReadOnlySpan<long> timesteps) => ForEach(latents, noise, timesteps, AddNoise);

    /// <summary>The same for one latent.</summary>
    public void AddNoise(ReadOnlySpan<float> latent, ReadOnlySpan<float> noise, int timestep, Span<float> noisy)
    {
        var alpha = table.AlphasCumprod[timestep];
        Mix(latent, MathF.Sqrt(alpha), noise, MathF.Sqrt(1 - alpha), noisy);
    }

    /// <summary>What the network is to predict.</summary>
    public TensorData Target(TensorData latents, TensorData noise, ReadOnlySpan<long> timesteps) => ForEach(latents, noise, timesteps, Target);

    /// <summary>The same for one latent.</summary>
    public void Target(ReadOnlySpan<float> latent, ReadOnlySpan<float> noise, int timestep, Span<float> target)
    {
        var alpha = table.AlphasCumprod[timestep];
        if (Prediction == PredictionType.VPrediction) Mix(latent, -MathF.Sqrt(1 - alpha), noise, MathF.Sqrt(alpha), target);
        else (Prediction == PredictionType.Epsilon ? noise : latent).CopyTo(target);
    }

    /// <summary>
    /// Min-SNR weights (Hang et al. 2023, equation 6): min(snr, gamma) / snr when noise is predicted, / (snr + 1) for velocities,
    /// min(snr, gamma) for the image itself.
    /// </summary>
    public float MinSnrWeight(long timestep, float gamma)
    {
        var alpha = table.AlphasCumprod[(int)timestep];
        var snr = alpha / (1 - alpha);
        var limited = MathF.Min(snr, gamma);
        return Prediction switch
        {
            PredictionType.Epsilon => snr > 0 ? limited / snr : 1,
            PredictionType.VPrediction => limited / (snr + 1),
            _ => limited,
        };
    }

    static TensorData ForEach(TensorData latents, TensorData noise, ReadOnlySpan<long> timesteps, RowAction action)
    {
        var result = TensorData.Zeros(DType.Float32, [.. latents.Dimensions]);
        var size = result.Length / timesteps.Length;
        for (var row = 0; row < timesteps.Length; row++)
            action(latents.Floats.Slice(row * size, size), noise.Floats.Slice(row * size, size), (int)timesteps[row], result.Floats.Slice(row * size, size));
        return result;
    }

    static void Mix(ReadOnlySpan<float> latent, float ofLatent, ReadOnlySpan<float> noise, float ofNoise, Span<float> result)
    {
        for (var i = 0; i < result.Length; i++) result[i] = (ofLatent * latent[i]) + (ofNoise * noise[i]);
    }

    delegate void RowAction(ReadOnlySpan<float> latent, ReadOnlySpan<float> noise, int timestep, Span<float> result);
}
