using System.Text.Json.Nodes;
using MultiModal.Diffusion.Schedulers;
using MultiModal.Runtime.Weights;

namespace MultiModal.Diffusion.Checkpoints;

/// <summary>What a single file says of its training by tensors that are no weights: "v_pred", "ztsnr", "edm_vpred.sigma_max".</summary>
/// <param name="Prediction">What the UNet predicts; null where the file does not say.</param>
/// <param name="ZeroTerminalSnr">Whether the last timestep is pure noise (Lin et al. 2023).</param>
/// <param name="Sigmas">The noise levels of a model in the formulation of Karras et al. 2022 (CosXL); null for others.</param>
readonly record struct PredictionFlags(PredictionType? Prediction, bool ZeroTerminalSnr, (float Min, float Max)? Sigmas)
{
    public static PredictionFlags Of(IWeightSource weights, SingleFileLayout layout)
    {
        if (weights.Find(layout.Root + "edm_mean") is not null && weights.Find(layout.Root + "edm_std") is not null)
            throw new InvalidFileException(weights.Name, "models that normalise latents by channel (Playground 2.5) are not supported.");
        var edm = weights.Find(layout.Root + "edm_vpred.sigma_max") is { } most ? (Sigma("edm_vpred.sigma_min", 0.002f), Sigma("edm_vpred.sigma_max", 120)) : ((float, float)?)null;
        return new(
            edm is not null || weights.Find(layout.Root + "v_pred") is not null ? PredictionType.VPrediction : null,
            weights.Find(layout.Root + "ztsnr") is not null, edm);

        // The tensor may be empty, as a flag; then the published levels hold.
        float Sigma(string name, float published) =>
            weights.Find(layout.Root + name) is { Length: 1 } tensor && tensor.ToFloat32().Floats[0] is > 0 and < 1e6f and var value ? value : published;
    }

    /// <summary>A scheduler's configuration with what the file says of noise levels.</summary>
    public SchedulerConfig Apply(SchedulerConfig scheduler)
    {
        if (Sigmas is var (least, most))
        {
            // With velocities and unit data variance it is Euler's method over a quarter of the logarithm of sigma as time.
            var keys = new JsonObject
            {
                ["_class_name"] = "EulerDiscreteScheduler", ["prediction_type"] = "v_prediction", ["timestep_type"] = "continuous", ["timestep_spacing"] = "leading",
                ["use_karras_sigmas"] = true, ["sigma_min"] = least, ["sigma_max"] = most,
                ["beta_start"] = 0.00085, ["beta_end"] = 0.012, ["beta_schedule"] = "scaled_linear",
            };
            using var document = System.Text.Json.JsonDocument.Parse(keys.ToJsonString());
            return SchedulerConfig.Parse(document.RootElement.Clone());
        }

        return ZeroTerminalSnr ? scheduler.WithZeroTerminalSnr(true) : scheduler;
    }
}
