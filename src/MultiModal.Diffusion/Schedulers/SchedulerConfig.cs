using System.Text.Json;
using System.Text.Json.Nodes;

namespace MultiModal.Diffusion.Schedulers;

/// <summary>A scheduler's configuration, as scheduler_config.json holds it, with the defaults diffusers has for the class.</summary>
/// <remarks>
/// Keys that the file does not mention take the default of <see cref="ClassName"/>; <see cref="For"/> keeps what the file said and
/// takes the defaults of another class, which is how diffusers changes the scheduler of a model.
/// </remarks>
public sealed record SchedulerConfig
{
    /// <summary>The class of diffusers, such as "DDIMScheduler".</summary>
    public string ClassName { get; init; } = "DDIMScheduler";

    /// <summary>Timesteps of the training, 1000 for every known model.</summary>
    public int TrainTimesteps { get; init; } = 1000;

    /// <summary>The first beta.</summary>
    public double BetaStart { get; init; } = 0.0001;

    /// <summary>The last beta.</summary>
    public double BetaEnd { get; init; } = 0.02;

    /// <summary>"linear", "scaled_linear" (linear in the square root), "squaredcos_cap_v2", "exp" or "sigmoid".</summary>
    public string BetaSchedule { get; init; } = "linear";

    /// <summary>All betas, where the file lists them.</summary>
    public IReadOnlyList<double>? TrainedBetas { get; init; }

    /// <summary>What the network predicts.</summary>
    public PredictionType PredictionType { get; init; }

    /// <summary>Which timesteps a run visits.</summary>
    public TimestepSpacing TimestepSpacing { get; init; }

    /// <summary>Added to each timestep of leading spacing; 1 for Stable Diffusion.</summary>
    public int StepsOffset { get; init; }

    /// <summary>Whether the last timestep is made pure noise (Lin et al. 2023, algorithm 1).</summary>
    public bool RescaleBetasZeroSnr { get; init; }

    /// <summary>Whether the predicted image is clamped to <see cref="ClipSampleRange"/>; never for latents.</summary>
    public bool ClipSample { get; init; }

    /// <summary>The largest magnitude of a clamped image.</summary>
    public float ClipSampleRange { get; init; } = 1;

    /// <summary>Whether the step after the last timestep goes to alpha 1, rather than to the first timestep's.</summary>
    public bool SetAlphaToOne { get; init; } = true;

    /// <summary>Whether dynamic thresholding is used (pixel-space models only).</summary>
    public bool Thresholding { get; init; }

    /// <summary>The quantile of dynamic thresholding.</summary>
    public double DynamicThresholdingRatio { get; init; } = 0.995;

    /// <summary>The largest threshold of dynamic thresholding.</summary>
    public float SampleMaxValue { get; init; } = 1;

    /// <summary>Whether sigmas follow Karras et al. 2022, equation 5.</summary>
    public bool UseKarrasSigmas { get; init; }

    /// <summary>Whether sigmas are evenly spaced in their logarithm.</summary>
    public bool UseExponentialSigmas { get; init; }

    /// <summary>Whether log-SNRs are evenly spaced (Lu et al. 2022).</summary>
    public bool UseLuLambdas { get; init; }

    /// <summary>The least sigma of Karras sigmas; that of the timesteps when null.</summary>
    public double? SigmaMin { get; init; }

    /// <summary>The largest sigma of Karras sigmas; that of the timesteps when null.</summary>
    public double? SigmaMax { get; init; }

    /// <summary>Euler: how sigmas between timesteps are found, "linear" or "log_linear".</summary>
    public string InterpolationType { get; init; } = "linear";

    /// <summary>Euler: "discrete", or "continuous" (timesteps are log sigma / 4).</summary>
    public string TimestepType { get; init; } = "discrete";

    /// <summary>DDPM: "fixed_small", "fixed_small_log" or "fixed_large"; null elsewhere.</summary>
    public string? VarianceType { get; init; }

    /// <summary>The order of multistep solvers, 1 to 3.</summary>
    public int SolverOrder { get; init; } = 2;

    /// <summary>DPM-Solver: "midpoint" or "heun"; UniPC: "bh1" or "bh2"; DEIS: "logrho".</summary>
    public string SolverType { get; init; } = "midpoint";

    /// <summary>"dpmsolver++", "sde-dpmsolver++", "dpmsolver", "sde-dpmsolver" or "deis".</summary>
    public string AlgorithmType { get; init; } = "dpmsolver++";

    /// <summary>Whether the last steps of short runs use a lower order.</summary>
    public bool LowerOrderFinal { get; init; } = true;

    /// <summary>DPM-Solver: whether the last step is of first order.</summary>
    public bool EulerAtFinal { get; init; }

    /// <summary>Where sigmas end: "zero" or "sigma_min".</summary>
    public string FinalSigmasType { get; init; } = "zero";

    /// <summary>DPM-Solver: the least log-SNR; minus infinity for no limit.</summary>
    public double LambdaMinClipped { get; init; } = double.NegativeInfinity;

    /// <summary>UniPC: whether it works on the predicted image rather than on the noise.</summary>
    public bool PredictX0 { get; init; } = true;

    /// <summary>UniPC: steps after which the corrector is not used.</summary>
    public IReadOnlyList<int> DisableCorrector { get; init; } = [];

    /// <summary>PNDM: whether the Runge-Kutta steps at the beginning are left out (PLMS), as Stable Diffusion does.</summary>
    public bool SkipPrkSteps { get; init; }

    /// <summary>LCM and TCD: the steps of the schedule the model was distilled on.</summary>
    public int OriginalInferenceSteps { get; init; } = 50;

    /// <summary>LCM: the factor on timesteps in its boundary condition.</summary>
    public double TimestepScaling { get; init; } = 10;

    /// <summary>The keys of the file this was read from; undefined when it was made in code.</summary>
    internal JsonElement Source { get; init; }

    /// <summary>Reads a scheduler_config.json.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="InvalidFileException">The file is damaged, or a value is not possible.</exception>
    public static async Task<SchedulerConfig> LoadAsync(string path, CancellationToken cancellationToken = default) =>
        SchedulerConfigReader.Parse(await SchedulerConfigReader.ReadAsync(path, cancellationToken).ConfigureAwait(false), path);

    /// <summary>Reads a configuration that is already JSON. Infinities may be strings.</summary>
    /// <param name="json">An object with the keys of scheduler_config.json.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="InvalidFileException">A value is not possible.</exception>
    public static SchedulerConfig Parse(JsonElement json, string name = "scheduler_config.json") => SchedulerConfigReader.Parse(json, name);

    /// <summary>The defaults of a class of diffusers.</summary>
    /// <param name="className">Such as "EulerDiscreteScheduler".</param>
    public static SchedulerConfig DefaultsOf(string className)
    {
        ArgumentException.ThrowIfNullOrEmpty(className);
        var config = new SchedulerConfig { ClassName = className, TimestepSpacing = TimestepSpacing.Linspace };
        return className switch
        {
            "DDIMScheduler" => config with { TimestepSpacing = TimestepSpacing.Leading, ClipSample = true },
            "DDPMScheduler" => config with { TimestepSpacing = TimestepSpacing.Leading, ClipSample = true, VarianceType = "fixed_small" },
            "PNDMScheduler" => config with { TimestepSpacing = TimestepSpacing.Leading, SetAlphaToOne = false },
            "LCMScheduler" or "TCDScheduler" => config with { TimestepSpacing = TimestepSpacing.Leading, BetaStart = 0.00085, BetaEnd = 0.012, BetaSchedule = "scaled_linear" },
            "HeunDiscreteScheduler" or "KDPM2DiscreteScheduler" or "KDPM2AncestralDiscreteScheduler" => config with { BetaStart = 0.00085, BetaEnd = 0.012 },
            "DPMSolverSinglestepScheduler" => config with { LowerOrderFinal = false },

            // Before version 0.28 these two ended at the least sigma and had no such key; files that lack it mean that.
            "UniPCMultistepScheduler" => config with { SolverType = "bh2", FinalSigmasType = "sigma_min" },
            "DEISMultistepScheduler" => config with { SolverType = "logrho", AlgorithmType = "deis", FinalSigmasType = "sigma_min" },
            _ => config,
        };
    }

    /// <summary>The same configuration for a network that predicts something else.</summary>
    internal SchedulerConfig WithPrediction(PredictionType prediction)
    {
        const string key = "prediction_type";
        return prediction switch
        {
            PredictionType.Epsilon => With((key, "epsilon")),
            PredictionType.VPrediction => With((key, "v_prediction")),
            _ => With((key, "sample")),
        };
    }

    /// <summary>The same configuration for a model whose last timestep is pure noise, or is not: such a model has to be asked there, which trailing spacing does.</summary>
    internal SchedulerConfig WithZeroTerminalSnr(bool value) =>
        value ? With(("rescale_betas_zero_snr", true), ("timestep_spacing", "trailing")) : With(("rescale_betas_zero_snr", false));

    /// <summary>With other keys in the file, so that every class of scheduler made of it has them.</summary>
    SchedulerConfig With(params ReadOnlySpan<(string Key, JsonNode Value)> keys)
    {
        var all = Source.ValueKind == JsonValueKind.Object ? JsonObject.Create(Source)! : new() { ["_class_name"] = ClassName };
        foreach (var (key, value) in keys) all[key] = value.DeepClone();
        return SchedulerConfigReader.Parse(JsonSerializer.SerializeToElement(all), "scheduler_config.json");
    }

    /// <summary>The same model under another class of scheduler: what the file said, and the other class's defaults for the rest.</summary>
    /// <param name="className">Such as "EulerDiscreteScheduler".</param>
    public SchedulerConfig For(string className)
    {
        if (Source.ValueKind == JsonValueKind.Object)
            return SchedulerConfigReader.Apply(DefaultsOf(className), Source, "scheduler_config.json");
        var other = DefaultsOf(className);
        return this with
        {
            ClassName = className, TimestepSpacing = other.TimestepSpacing, SolverType = other.SolverType, AlgorithmType = other.AlgorithmType,
            FinalSigmasType = other.FinalSigmasType, VarianceType = other.VarianceType, LowerOrderFinal = other.LowerOrderFinal,
        };
    }
}
