using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Onnx;
using MultiModal.Runtime.Graphs.Passes;
using MultiModal.Runtime.Random;
using MultiModal.Runtime.Sessions;
using MultiModal.Runtime.Weights;
using MultiModal.Voice.Signal;
using MultiModal.Voice.Synthesis;

namespace MultiModal.Voice.Diffusion;

/// <summary>The vocoder of openvpi: mel spectrograms and pitch to sound, with a harmonic source ("nsf_hifigan").</summary>
/// <remarks>Safe for concurrent runs.</remarks>
public sealed class NsfHifiGan : IAsyncDisposable
{
    // The factor by which the original turns natural logarithms into decimal ones.
    const float ToDecimal = 0.434294f;

    readonly NetworkSession session;
    readonly HarmonicSource source;
    readonly GeneratorConfig config;

    NsfHifiGan(NetworkSession session, HarmonicSource source, GeneratorConfig config, MelSpectrogram mel) =>
        (this.session, this.source, this.config, Mel) = (session, source, config, mel);

    /// <summary>The spectrograms it takes.</summary>
    public MelSpectrogram Mel { get; }

    /// <summary>Samples a second.</summary>
    public int SampleRate => Mel.Options.SampleRate;

    /// <summary>Samples for a frame.</summary>
    public int HopLength => config.Hop;

    /// <summary>Loads a vocoder.</summary>
    /// <param name="path">The file "model" (no extension) of a release, the same as .safetensors, or their folder; config.json is expected beside it.</param>
    /// <param name="options">Devices and threads.</param>
    /// <param name="cancellationToken">Stops the loading.</param>
    /// <exception cref="InvalidFileException">A file is missing, damaged, or another vocoder's.</exception>
    /// <exception cref="WeightMismatchException">Tensors are missing or of other shapes.</exception>
    public static async Task<NsfHifiGan> LoadAsync(string path, RuntimeOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path))
        {
            path = ((string[])["model", "model.ckpt", "model.safetensors"]).Select(name => Path.Combine(path, name)).FirstOrDefault(File.Exists)
                ?? throw new InvalidFileException(path, "the folder holds no vocoder ('model').");
        }

        if (!File.Exists(path)) throw new InvalidFileException(path, "the file is missing.", remedy: "It is the file 'model' of github.com/openvpi/vocoders/releases, nsf_hifigan, with its config.json.");
        var settings = await ConfigSection.LoadAsync(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, "config.json"), cancellationToken).ConfigureAwait(false);
        if (settings.Bool("mini_nsf", false)) throw new InvalidFileException(settings.File, "PC-NSF-HiFiGAN is another network, which is not supported.", "mini_nsf", "Take nsf_hifigan_20221211 of the same page.");
        using var weights = await Task.Run(() => Open(path), cancellationToken).ConfigureAwait(false);
        var names = new WeightShapes(weights, "Expected is the NSF-HiFiGAN of github.com/openvpi/vocoders.");
        var config = SynthesizerConfig.ReadDecoder(
            names, "", settings.Sizes("upsample_rates", 64) ?? [8, 8, 2, 2, 2], settings.SizeLists("resblock_dilation_sizes", 1024) ?? [[1, 3, 5], [1, 3, 5], [1, 3, 5]], null);
        var mel = new MelSpectrogram(ReadMel(settings, config));
        var graph = Build(config, GeneratorPlan.For(config, 1));
        WeightMatching.Check(weights, graph.Parameters.Select(p => (p.Key, (IReadOnlyList<long>)p.Value.Shape.ToLongs())), "{all*}");
        var source = new HarmonicSource(
            mel.Options.SampleRate, config.Hop, weights.Get("m_source.l_linear.weight").ToFloat32().Floats.ToArray(), weights.Get("m_source.l_linear.bias").ToFloat32().Floats[0]);
        var session = await NetworkSession.CreateAsync(
            OnnxWriter.Write(graph.Optimise(), weights), options, $"vocoder {Path.GetFileName(path)}", cancellationToken: cancellationToken).ConfigureAwait(false);
        return new(session, source, config, mel);
    }

    /// <summary>Makes sound.</summary>
    /// <param name="mel">Natural logarithms of magnitudes: [mels, frames]. Decimal ones are made of them where asked.</param>
    /// <param name="pitch">In Hz for each frame; not above 0 where there is none.</param>
    /// <param name="random">Where the source's phases and noise are drawn, in the order of the original.</param>
    /// <param name="toDecimal">Whether the vocoder takes decimal logarithms ("nsf-hifigan-log10"); false by default.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    /// <returns>Frames * hop samples.</returns>
    /// <exception cref="ArgumentException">The lengths do not fit each other.</exception>
    public async Task<float[]> RunAsync(
        ReadOnlyMemory<float> mel, ReadOnlyMemory<float> pitch, TorchRandom random, bool toDecimal = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(random);
        var frames = pitch.Length;
        if (frames == 0 || mel.Length != (long)frames * config.InputChannels)
            throw new ArgumentException($"{frames} frames take {(long)frames * config.InputChannels} values, at least one frame, not {mel.Length}.", nameof(mel));
        var values = mel.ToArray();
        if (toDecimal) System.Numerics.Tensors.TensorPrimitives.Multiply(values, ToDecimal, values);
        var excitation = source.GenerateForVocoder(pitch.Span, random);
        var outputs = await session.RunAsync(
            new Dictionary<string, TensorData> { ["mel"] = TensorData.Of(values, 1, config.InputChannels, frames), ["source"] = TensorData.Of(excitation, 1, 1, excitation.Length) },
            cancellationToken: cancellationToken).ConfigureAwait(false);
        return outputs["audio"].Floats.ToArray();
    }

    /// <summary>Ends the session, after runs under way.</summary>
    public ValueTask DisposeAsync() => session.DisposeAsync();

    /// <summary>Inputs: mel [1, mels, frames], source [1, 1, hop * frames]. Output: audio [1, 1, hop * frames].</summary>
    internal static Graph Build(GeneratorConfig config, GeneratorPlan? plan = null)
    {
        var graph = new Graph();
        var frames = Dim.Symbol("frames");
        var mel = graph.Input("mel", DType.Float32, 1, config.InputChannels, frames);
        var source = graph.Input("source", DType.Float32, 1, 1, frames * config.Hop);
        graph.Output("audio", new Generator(graph.Root, config).Forward(mel, source, null, plan));
        return graph;
    }

    static MelSpectrogramOptions ReadMel(ConfigSection settings, GeneratorConfig config)
    {
        var fallback = MelSpectrogramOptions.NsfHifiGan;
        var options = fallback with
        {
            SampleRate = settings.Size("sampling_rate", fallback.SampleRate, 8000, 192_000),
            FftSize = settings.Size("n_fft", fallback.FftSize, 64, 1 << 16),
            WindowLength = settings.SizeOrNull("win_size", 16, 1 << 16),
            Hop = settings.Size("hop_size", fallback.Hop, 16, 1 << 14),
            Mels = settings.Size("num_mels", fallback.Mels, 1, 1024),
            Lowest = settings.Double("fmin", fallback.Lowest),
            Highest = settings.Double("fmax", fallback.Highest!.Value),
        };
        if (options.Hop != config.Hop) throw settings.Wrong("hop_size", $"{config.Hop}, the product of the upsampling rates");
        if (options.Mels != config.InputChannels) throw settings.Wrong("num_mels", $"{config.InputChannels}, as the network takes");
        if (options.WindowLength > options.FftSize) throw settings.Wrong("win_size", "at most n_fft");
        if (!(options.Lowest >= 0 && options.Lowest < options.Highest && options.Highest <= options.SampleRate / 2.0)) throw settings.Wrong("fmax", "above fmin and at most half the sampling rate");
        return options;
    }

    static IWeightSource Open(string path)
    {
        var source = WeightFiles.Open(path);
        try
        {
            if (source.Names.Any(n => n.StartsWith("generator.", StringComparison.Ordinal))) source = SvcCheckpoint.Within(source, "generator.");
            return new WeightMap().MergeWeightNorm().Apply(source);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }
}
