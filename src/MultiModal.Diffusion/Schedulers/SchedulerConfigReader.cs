using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MultiModal.Diffusion.Schedulers;

/// <summary>Reads scheduler_config.json, checks every value, and knows that Python writes infinities bare.</summary>
static partial class SchedulerConfigReader
{
    const long MaximumBytes = 4 << 20;
    const int MaximumTimesteps = 100_000;

    public static async Task<JsonElement> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
            throw new InvalidFileException(path, "The file is missing.");
        if (file.Length > MaximumBytes)
            throw new InvalidFileException(path, $"{file.Length} bytes are too many for a scheduler's configuration.");
        var bytes = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        return ReadJson(Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF'), path);
    }

    public static JsonElement ReadJson(string text, string path)
    {
        try
        {
            var quoted = StringOrNamedNumber().Replace(text, match => match.Value[0] == '"' ? match.Value : $"\"{match.Value}\"");
            using var document = JsonDocument.Parse(quoted);
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new InvalidFileException(path, "This is not valid JSON.", $"line {(e.LineNumber ?? 0) + 1}", null, e);
        }
    }

    public static SchedulerConfig Parse(JsonElement json, string name)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw new InvalidFileException(name, "The configuration is not a JSON object.");
        var values = new Values(json, name);
        return Apply(SchedulerConfig.DefaultsOf(values.Text("_class_name", "DDIMScheduler")), json, name);
    }

    /// <summary>What the file says, over the defaults of a class.</summary>
    public static SchedulerConfig Apply(SchedulerConfig d, JsonElement json, string name)
    {
        var v = new Values(json, name);
        var timesteps = v.Whole("num_train_timesteps", d.TrainTimesteps, 1, MaximumTimesteps);
        return d with
        {
            Source = json,
            TrainTimesteps = timesteps,
            BetaStart = v.Number("beta_start", d.BetaStart, 0, 1),
            BetaEnd = v.Number("beta_end", d.BetaEnd, 0, 1),
            BetaSchedule = v.Text("beta_schedule", d.BetaSchedule, "linear", "scaled_linear", "squaredcos_cap_v2", "exp", "sigmoid"),
            TrainedBetas = v.Numbers("trained_betas", timesteps, timesteps),
            PredictionType = v.Text("prediction_type", "epsilon", "epsilon", "v_prediction", "sample", "original_sample") switch
            {
                "epsilon" => PredictionType.Epsilon,
                "v_prediction" => PredictionType.VPrediction,
                _ => PredictionType.Sample,
            },
            TimestepSpacing = v.Text("timestep_spacing", Name(d.TimestepSpacing), "linspace", "leading", "trailing") switch
            {
                "linspace" => TimestepSpacing.Linspace,
                "leading" => TimestepSpacing.Leading,
                _ => TimestepSpacing.Trailing,
            },
            StepsOffset = v.Whole("steps_offset", d.StepsOffset, 0, timesteps),
            RescaleBetasZeroSnr = v.Flag("rescale_betas_zero_snr", d.RescaleBetasZeroSnr),
            ClipSample = v.Flag("clip_sample", d.ClipSample),
            ClipSampleRange = (float)v.Number("clip_sample_range", d.ClipSampleRange, 0, float.MaxValue),
            SetAlphaToOne = v.Flag("set_alpha_to_one", d.SetAlphaToOne),
            Thresholding = v.Flag("thresholding", d.Thresholding),
            DynamicThresholdingRatio = v.Number("dynamic_thresholding_ratio", d.DynamicThresholdingRatio, 0, 1),
            SampleMaxValue = (float)v.Number("sample_max_value", d.SampleMaxValue, 0, float.MaxValue),
            UseKarrasSigmas = v.Flag("use_karras_sigmas", d.UseKarrasSigmas),
            UseExponentialSigmas = v.Flag("use_exponential_sigmas", d.UseExponentialSigmas),
            UseLuLambdas = v.Flag("use_lu_lambdas", d.UseLuLambdas),
            SigmaMin = v.Optional("sigma_min"),
            SigmaMax = v.Optional("sigma_max"),
            InterpolationType = v.Text("interpolation_type", d.InterpolationType, "linear", "log_linear"),
            TimestepType = v.Text("timestep_type", d.TimestepType, "discrete", "continuous"),
            VarianceType = v.TextOrNull("variance_type") ?? d.VarianceType,
            SolverOrder = v.Whole("solver_order", d.SolverOrder, 1, 3),
            SolverType = Solver(d, v),
            AlgorithmType = Algorithm(d, v),
            LowerOrderFinal = v.Flag("lower_order_final", d.LowerOrderFinal),
            EulerAtFinal = v.Flag("euler_at_final", d.EulerAtFinal),
            FinalSigmasType = v.Text("final_sigmas_type", d.FinalSigmasType, "zero", "sigma_min"),
            LambdaMinClipped = v.Number("lambda_min_clipped", d.LambdaMinClipped, double.NegativeInfinity, 1e3),
            PredictX0 = v.Flag("predict_x0", d.PredictX0),
            DisableCorrector = v.Numbers("disable_corrector", int.MaxValue)?.Select(n => (int)Math.Clamp(n, -1, int.MaxValue)).ToArray() ?? d.DisableCorrector,
            SkipPrkSteps = v.Flag("skip_prk_steps", d.SkipPrkSteps),
            OriginalInferenceSteps = v.Whole("original_inference_steps", d.OriginalInferenceSteps, 1, timesteps),
            TimestepScaling = v.Number("timestep_scaling", d.TimestepScaling, -1e6, 1e6),
        };
    }

    static string Name(TimestepSpacing spacing) => spacing switch
    {
        TimestepSpacing.Leading => "leading",
        TimestepSpacing.Trailing => "trailing",
        _ => "linspace",
    };

    /// <summary>A solver type of another family means the family's own, as diffusers has it.</summary>
    static string Solver(SchedulerConfig d, Values v)
    {
        var given = v.Text("solver_type", d.SolverType, "midpoint", "heun", "bh1", "bh2", "logrho");
        return d.SolverType switch
        {
            "bh2" => given is "bh1" or "bh2" ? given : "bh2",
            "logrho" => "logrho",
            _ => given is "midpoint" or "heun" ? given : "midpoint",
        };
    }

    static string Algorithm(SchedulerConfig d, Values v)
    {
        var given = v.Text("algorithm_type", d.AlgorithmType, "dpmsolver++", "sde-dpmsolver++", "dpmsolver", "sde-dpmsolver", "deis");
        return d.AlgorithmType == "deis" ? "deis" : given == "deis" ? d.AlgorithmType : given;
    }

    [GeneratedRegex("\"(?:\\\\.|[^\"\\\\])*\"|-?Infinity|NaN")]
    private static partial Regex StringOrNamedNumber();

    readonly struct Values(JsonElement json, string name)
    {
        public bool Flag(string key, bool fallback) => Find(key) is not { } value ? fallback : value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Wrong(key, "true or false"),
        };

        public int Whole(string key, int fallback, int least, int most)
        {
            if (Find(key) is not { } value)
                return fallback;
            return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most
                ? number
                : throw Wrong(key, $"a whole number from {least} to {most}");
        }

        public double Number(string key, double fallback, double least, double most) =>
            Find(key) is not { } value ? fallback
                : ToNumber(value) is { } number && number >= least && number <= most ? number
                : throw Wrong(key, string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}"));

        public double? Optional(string key) =>
            Find(key) is not { } value ? null : ToNumber(value) is > 0 and < 1e6 and var number ? number : throw Wrong(key, "a number above 0");

        public double[]? Numbers(string key, int most, int least = 0)
        {
            if (Find(key) is not { } value)
                return null;
            if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > most || value.GetArrayLength() < least)
                throw Wrong(key, $"a list of {least} to {most} numbers");
            var numbers = new List<double>();
            foreach (var element in value.EnumerateArray())
                numbers.Add(ToNumber(element) is { } number && double.IsFinite(number) ? number : throw Wrong(key, "a list of numbers"));
            return [.. numbers];
        }

        public string? TextOrNull(string key) =>
            Find(key) is not { } value ? null : value.ValueKind == JsonValueKind.String ? Safe(value, key) : throw Wrong(key, "a text");

        public string Text(string key, string fallback, params ReadOnlySpan<string> allowed)
        {
            var text = TextOrNull(key) ?? fallback;
            return allowed.IsEmpty || allowed.Contains(text) ? text : throw Wrong(key, $"one of {string.Join(", ", allowed!)}");
        }

        string Safe(JsonElement value, string key)
        {
            try
            {
                return value.GetString()!;
            }
            catch (InvalidOperationException)
            {
                throw Wrong(key, "valid text");
            }
        }

        JsonElement? Find(string key) => json.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

        static double? ToNumber(JsonElement value) => value.ValueKind switch
        {
            JsonValueKind.Number => value.GetDouble(),
            JsonValueKind.String when value.ValueEquals("-Infinity") => double.NegativeInfinity,
            JsonValueKind.String when value.ValueEquals("Infinity") => double.PositiveInfinity,
            _ => null,
        };

        InvalidFileException Wrong(string key, string expected) => new(name, $"The value of '{key}' is not {expected}.", key);
    }
}
