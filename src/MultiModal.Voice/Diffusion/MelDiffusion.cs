using System.Numerics.Tensors;
using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Onnx;
using MultiModal.Runtime.Graphs.Passes;
using MultiModal.Runtime.Random;
using MultiModal.Runtime.Sessions;
using MultiModal.Runtime.Weights;
using MultiModal.Voice.Synthesis;

namespace MultiModal.Voice.Diffusion;

/// <summary>
/// A diffusion model of So-VITS-SVC 4.1: content units, pitch, volume and a speaker to a mel spectrogram, from noise alone or from a spectrogram to be
/// refined ("shallow diffusion").
/// </summary>
/// <remarks>Safe for concurrent runs.</remarks>
public sealed class MelDiffusion : IAsyncDisposable
{
    readonly IWeightSource weights;
    readonly RuntimeOptions? options;
    readonly SessionCache sessions = new();
    readonly MelDiffusionShape shape;
    readonly DiffusionSchedule schedule;
    readonly float lowest, highest;

    MelDiffusion(IWeightSource weights, MelDiffusionConfig config, RuntimeOptions? options)
    {
        (this.weights, this.options, Config) = (weights, options, config);
        shape = MelDiffusionShape.Read(weights);
        schedule = weights.Find("decoder.betas") is { Dimensions: [>= 1 and <= 1 << 16] } betas ? new(Betas(betas)) : DiffusionSchedule.Linear(1000);
        if (config.MaximumSteps > schedule.Count)
            throw new InvalidFileException(weights.Name, $"the config allows {config.MaximumSteps} steps of noise, and the model has {schedule.Count}.", remedy: "Take the config.yaml that belongs to this model.");
        (lowest, highest) = (Scalar("decoder.spec_min", -12), Scalar("decoder.spec_max", 2));
        if (!(lowest < highest)) throw new InvalidFileException(weights.Name, $"spectrograms from {lowest} to {highest} are none.", "decoder.spec_min");
    }

    /// <summary>What config.yaml says.</summary>
    public MelDiffusionConfig Config { get; }

    /// <summary>The length of the content units it takes.</summary>
    public int ContentChannels => shape.ContentChannels;

    /// <summary>Bins of its spectrograms.</summary>
    public int Mels => shape.Mels;

    /// <summary>How many speakers it knows.</summary>
    public int SpeakerCount => shape.SpeakerCount;

    /// <summary>The most steps of noise a refinement can have.</summary>
    public int MaximumSteps => Config.MaximumSteps is > 0 and var limit ? Math.Min(limit, schedule.Count) : schedule.Count;

    /// <summary>Whether it can begin with noise alone; a model trained for refinement only cannot.</summary>
    public bool CanStartFromNoise => MaximumSteps == schedule.Count;

    /// <summary>Loads a model.</summary>
    /// <param name="path">model_*.pt, or the same tensors as .safetensors.</param>
    /// <param name="configPath">Its config.yaml; null for the one beside it.</param>
    /// <param name="options">Devices and threads.</param>
    /// <param name="cancellationToken">Stops the loading.</param>
    /// <exception cref="InvalidFileException">A file is missing, damaged, or no diffusion model's.</exception>
    /// <exception cref="WeightMismatchException">Tensors are missing or of other shapes.</exception>
    public static async Task<MelDiffusion> LoadAsync(
        string path, string? configPath = null, RuntimeOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var beside = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, "config.yaml");
        var config = await MelDiffusionConfig.LoadAsync(configPath ?? beside, cancellationToken).ConfigureAwait(false);
        var weights = await Task.Run(() => Open(path), cancellationToken).ConfigureAwait(false);
        try
        {
            var model = new MelDiffusion(weights, config, options);
            Graph[] graphs = [MelDiffusionGraphs.Condition(model.shape, false), MelDiffusionGraphs.Denoiser(model.shape)];
            WeightMatching.Check(weights, graphs.SelectMany(g => g.Parameters).Select(p => (p.Key, (IReadOnlyList<long>)p.Value.Shape.ToLongs())), "{all*}");
            await model.DenoiserAsync(cancellationToken).ConfigureAwait(false);
            return model;
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <summary>Whether a file is a diffusion model rather than a generator.</summary>
    /// <exception cref="InvalidFileException">The file is damaged or no file of weights.</exception>
    internal static bool Is(string path)
    {
        using var weights = WeightFiles.Open(path);
        return weights.Find("unit_embed.weight") is not null || weights.Find("model.unit_embed.weight") is not null;
    }

    /// <summary>Makes a spectrogram, or refines one.</summary>
    /// <param name="input">What it is made of.</param>
    /// <param name="random">Where noise is drawn, in the order of the original.</param>
    /// <param name="progress">Told the part that is done.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    /// <returns>Natural logarithms of magnitudes: [mels, frames].</returns>
    /// <exception cref="ArgumentException">Lengths that do not fit each other.</exception>
    /// <exception cref="NotSupportedException">More steps are wanted than the model was trained with, or noise alone as a beginning of a model that needs a spectrogram.</exception>
    public async Task<float[]> RunAsync(
        MelDiffusionInput input, TorchRandom random, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(random);
        var frames = input.Pitch.Length;
        Check(input, frames);
        var (sampler, speedup) = (input.Sampler ?? Config.Sampler, input.Speedup ?? Config.Speedup);
        var condition = await ConditionAsync(input, frames, cancellationToken).ConfigureAwait(false);

        var steps = input.Spectrogram.IsEmpty ? MaximumSteps : input.Steps;
        var x = new float[shape.Mels * frames];
        random.Normal(x);
        if (!input.Spectrogram.IsEmpty)
        {
            // Noise for the last step is laid over the given spectrogram, scaled to -1 to 1.
            var product = schedule.AlphaProduct(steps - 1);
            var (signal, noise) = ((float)Math.Sqrt(product), (float)Math.Sqrt(1 - product));
            var given = input.Spectrogram.Span;
            for (var i = 0; i < x.Length; i++) x[i] = (signal * (((given[i] - lowest) / (highest - lowest) * 2) - 1)) + (noise * x[i]);
        }

        var session = await DenoiserAsync(cancellationToken).ConfigureAwait(false);
        var time = TensorData.Zeros(DType.Float32, 1);
        var sampling = new MelSampling(
            schedule,
            async (noisy, step, token) =>
            {
                time.Floats[0] = step;
                var outputs = await session.RunAsync(
                    new Dictionary<string, TensorData> { ["x"] = TensorData.Of(noisy, 1, shape.Mels, frames), ["time"] = time, ["condition"] = condition },
                    cancellationToken: token).ConfigureAwait(false);
                return outputs["noise"].Floats.ToArray();
            },
            progress);
        x = await sampling.SampleAsync(sampler, x, steps, speedup, random, cancellationToken).ConfigureAwait(false);
        TensorPrimitives.Add(x, 1, x);
        TensorPrimitives.Multiply(x, (highest - lowest) / 2, x);
        TensorPrimitives.Add(x, lowest, x);
        return x;
    }

    /// <summary>Ends the sessions, after runs under way, and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        await sessions.DisposeAsync().ConfigureAwait(false);
        weights.Dispose();
    }

    async Task<TensorData> ConditionAsync(MelDiffusionInput input, int frames, CancellationToken cancellationToken)
    {
        var columns = input.SpeakerChanges ? frames : 1;
        var inputs = new Dictionary<string, TensorData>(StringComparer.Ordinal)
        {
            ["content"] = TensorData.Of(input.Content.ToArray(), 1, shape.ContentChannels, frames),
            ["f0"] = TensorData.Of(input.Pitch.ToArray(), 1, frames),
            ["volume"] = TensorData.Of(input.Volume.ToArray(), 1, frames),
        };
        if (shape.SpeakerCount > 1)
        {
            // Fewer weights than speakers are those of the first.
            var weights = TensorData.Zeros(DType.Float32, 1, columns, shape.SpeakerCount);
            var given = input.SpeakerWeights.Length / columns;
            for (var c = 0; c < columns; c++) input.SpeakerWeights.Span.Slice(c * given, given).CopyTo(weights.Floats[(c * shape.SpeakerCount)..]);
            inputs["speaker"] = weights;
        }

        var perFrame = columns > 1 && shape.SpeakerCount > 1;
        var session = await SessionAsync(perFrame ? "condition by frames" : "condition", () => MelDiffusionGraphs.Condition(shape, perFrame), cancellationToken).ConfigureAwait(false);
        return (await session.RunAsync(inputs, cancellationToken: cancellationToken).ConfigureAwait(false))["condition"];
    }

    Task<NetworkSession> DenoiserAsync(CancellationToken cancellationToken) => SessionAsync("denoiser", () => MelDiffusionGraphs.Denoiser(shape), cancellationToken);

    Task<NetworkSession> SessionAsync(string part, Func<Graph> build, CancellationToken cancellationToken) => sessions.GetAsync(
        part, token => NetworkSession.CreateAsync(OnnxWriter.Write(build().Optimise(), weights), options, $"{part} of {weights.Name}", cancellationToken: token), cancellationToken);

    void Check(MelDiffusionInput input, int frames)
    {
        if (frames == 0) throw new ArgumentException("There are no frames.", nameof(input));
        Length(input.Content.Length, (long)frames * shape.ContentChannels, "content");
        Length(input.Volume.Length, frames, "volume");
        var (given, columns) = (input.SpeakerWeights.Length, input.SpeakerChanges ? frames : 1);
        if (shape.SpeakerCount > 1 && (given == 0 || given % columns != 0 || given / columns > shape.SpeakerCount))
            throw new ArgumentException($"{given} weights are not those of up to {shape.SpeakerCount} speakers{(columns > 1 ? $" for each of {frames} frames" : "")}.", nameof(input));
        if (input.Spectrogram.IsEmpty)
        {
            if (!CanStartFromNoise)
                throw new NotSupportedException($"{weights.Name} was trained with {MaximumSteps} of {schedule.Count} steps of noise: it refines spectrograms and cannot begin with noise alone.");
            return;
        }

        Length(input.Spectrogram.Length, (long)frames * shape.Mels, "the spectrogram");
        if (input.Steps < 1 || input.Steps > MaximumSteps) throw new NotSupportedException($"{input.Steps} steps of noise are wanted; {weights.Name} was trained with 1 to {MaximumSteps}.");

        void Length(int actual, long expected, string what)
        {
            if (actual != expected) throw new ArgumentException($"{frames} frames take {expected} values of {what}, not {actual}.", nameof(input));
        }
    }

    static IWeightSource Open(string path)
    {
        if (!File.Exists(path)) throw new InvalidFileException(path, "the file is missing.", remedy: "A diffusion model of So-VITS-SVC is a file model_<step>.pt with its config.yaml beside it.");
        var source = WeightFiles.Open(path);
        try
        {
            return source.Find("unit_embed.weight") is null && source.Find("model.unit_embed.weight") is not null ? SvcCheckpoint.Within(source, "model.") : source;
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    float[] Betas(WeightTensor tensor)
    {
        var betas = tensor.ToFloat32().Floats.ToArray();
        return Array.TrueForAll(betas, b => b is > 0 and < 1) ? betas : throw new InvalidFileException(weights.Name, "a share of noise lies between 0 and 1.", "decoder.betas");
    }

    float Scalar(string name, float fallback)
    {
        if (weights.Find(name) is not { } tensor) return fallback;
        var values = tensor.Length == 1 ? tensor.ToFloat32().Floats : [];
        return values.Length == 1 && float.IsFinite(values[0]) ? values[0] : throw new InvalidFileException(weights.Name, "one number was expected.", name);
    }
}
