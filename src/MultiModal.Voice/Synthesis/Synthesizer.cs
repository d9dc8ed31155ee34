using System.Numerics.Tensors;
using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Onnx;
using MultiModal.Runtime.Graphs.Passes;
using MultiModal.Runtime.Random;
using MultiModal.Runtime.Sessions;
using MultiModal.Runtime.Weights;
using MultiModal.Voice.Pitch;

namespace MultiModal.Voice.Synthesis;

/// <summary>A So-VITS-SVC synthesizer ready to run: content units, pitch and a speaker to sound.</summary>
/// <remarks>Safe for concurrent runs. Sessions for pitch prediction and for speakers that change over time are made at their first use.</remarks>
public sealed class Synthesizer : IAsyncDisposable
{
    readonly IWeightSource weights;
    readonly RuntimeOptions? options;
    readonly SessionCache sessions = new();
    readonly float[] speakers;
    readonly GeneratorPlan plan;

    Synthesizer(IWeightSource weights, SvcConfig settings, SynthesizerConfig config, RuntimeOptions? options)
    {
        this.weights = weights;
        this.options = options;
        Settings = settings;
        Config = config;
        plan = GeneratorPlan.For(config.Decoder, options is { Threads: > 0 } ? options.Threads : Environment.ProcessorCount);
        speakers = weights.Get("emb_g.weight").ToFloat32().Floats.ToArray();
        Source = new(
            settings.SourceSampleRate, config.Decoder.Hop, weights.Get("dec.m_source.l_linear.weight").ToFloat32().Floats.ToArray(),
            weights.Get("dec.m_source.l_linear.bias").ToFloat32().Floats[0]);
    }

    /// <summary>What config.json says.</summary>
    public SvcConfig Settings { get; }

    /// <summary>The dimensions.</summary>
    public SynthesizerConfig Config { get; }

    /// <summary>The decoder's harmonic source.</summary>
    public HarmonicSource Source { get; }

    /// <summary>Loads a generator and compiles what every conversion needs.</summary>
    /// <param name="checkpoint">G_*.pth, or the same tensors as .safetensors.</param>
    /// <param name="settings">What config.json says.</param>
    /// <param name="options">Devices and threads.</param>
    /// <param name="cancellationToken">Stops the loading.</param>
    /// <exception cref="InvalidFileException">The file is damaged or no generator of So-VITS-SVC 4.</exception>
    /// <exception cref="WeightMismatchException">Tensors are missing or of other shapes than the network's.</exception>
    public static async Task<Synthesizer> LoadAsync(
        string checkpoint, SvcConfig settings, RuntimeOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var weights = await Task.Run(() => SvcCheckpoint.Open(checkpoint), cancellationToken).ConfigureAwait(false);
        try
        {
            var config = SynthesizerConfig.Read(weights, settings);
            var synthesizer = new Synthesizer(weights, settings, config, options);
            SvcCheckpoint.Check(weights, config);
            await synthesizer.PriorAsync(new(false, config.VolumeEmbedding, false), cancellationToken).ConfigureAwait(false);
            await synthesizer.DecoderAsync(false, false, int.MaxValue, cancellationToken).ConfigureAwait(false);
            return synthesizer;
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <summary>Makes sound.</summary>
    /// <param name="input">The frames.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    /// <returns>The samples and the pitch.</returns>
    /// <exception cref="ArgumentException">Lengths that do not fit each other.</exception>
    /// <exception cref="NotSupportedException">Pitch is to be predicted by a model that cannot.</exception>
    public async Task<SynthesizerOutput> RunAsync(SynthesizerInput input, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(input);
        return (await RunBatchAsync([input], cancellationToken).ConfigureAwait(false))[0];
    }

    /// <summary>Makes sound of several sequences in one run of each network. Shorter ones are filled up with zeros that nothing attends to.</summary>
    /// <remarks>
    /// A sequence's sound is the same as by itself, up to rounding, but for the last tenth of a second of shorter ones, into which the decoder's convolutions
    /// carry what follows.
    /// </remarks>
    /// <param name="inputs">The sequences; all with or without volume, changing speakers and predicted pitch.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    /// <returns>The samples and the pitch of each.</returns>
    /// <exception cref="ArgumentException">Lengths that do not fit each other, or inputs of different kinds.</exception>
    /// <exception cref="NotSupportedException">Pitch is to be predicted by a model that cannot.</exception>
    public async Task<IReadOnlyList<SynthesizerOutput>> RunBatchAsync(IReadOnlyList<SynthesizerInput> inputs, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.Count == 0) return [];
        foreach (var input in inputs) Check(input, inputs[0]);
        var randoms = inputs.Select(input => input.Random ?? new TorchRandom(input.Seed)).ToArray();
        var batch = new SynthesizerBatch(inputs, Config);
        var (kind, speaker) = (batch.Kind, batch.Speaker(Speaker));
        var feeds = new Dictionary<string, TensorData>(StringComparer.Ordinal) { ["content"] = batch.Content(), ["voiced"] = batch.Voiced(), ["speaker"] = speaker };
        if (kind.WithVolume) feeds["volume"] = batch.Volume();
        if (kind.Batched) feeds["mask"] = batch.Mask();

        var pitches = inputs.Select(input => input.Pitch.ToArray()).ToArray();
        if (inputs[0].PredictPitch)
        {
            var predictor = await PitchAsync(kind, cancellationToken).ConfigureAwait(false);
            var predicted = await predictor.RunAsync(
                new Dictionary<string, TensorData>(feeds) { ["f0"] = batch.Rows(pitches) }, cancellationToken: cancellationToken).ConfigureAwait(false);
            batch.Take(predicted["pitch"], 1, pitches);
        }

        feeds["noise"] = batch.Noise(randoms);
        feeds["coarse"] = batch.Coarse(pitches);
        var prior = await PriorAsync(kind, cancellationToken).ConfigureAwait(false);
        var latent = (await prior.RunAsync(feeds, cancellationToken: cancellationToken).ConfigureAwait(false))["latent"];

        var decoder = await DecoderAsync(kind.PerFrameSpeaker, kind.Batched, batch.Frames, cancellationToken).ConfigureAwait(false);
        var audio = await decoder.RunAsync(
            new Dictionary<string, TensorData> { ["latent"] = latent, ["source"] = batch.Sources(i => Source.Generate(pitches[i], randoms[i])), ["speaker"] = speaker },
            cancellationToken: cancellationToken).ConfigureAwait(false);
        var sounds = pitches.Select(pitch => new float[pitch.Length * Config.Decoder.Hop]).ToArray();
        batch.Take(audio["audio"], Config.Decoder.Hop, sounds);
        return [.. sounds.Zip(pitches, (sound, pitch) => new SynthesizerOutput(sound, pitch))];
    }

    /// <summary>Ends the sessions, after runs under way, and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        await sessions.DisposeAsync().ConfigureAwait(false);
        weights.Dispose();
    }

    internal Task<NetworkSession> PriorAsync(SynthesizerKind kind, CancellationToken cancellationToken) =>
        SessionAsync($"prior of {weights.Name}", kind, () => SynthesizerGraphs.Prior(Config, kind.PerFrameSpeaker, kind.WithVolume, kind.Batched), cancellationToken);

    internal Task<NetworkSession> PitchAsync(SynthesizerKind kind, CancellationToken cancellationToken)
    {
        if (!Config.CanPredictPitch)
            throw new NotSupportedException($"{weights.Name} was trained without a pitch decoder: it cannot predict pitch. Convert with the source's pitch.");
        return SessionAsync($"pitch decoder of {weights.Name}", kind, () => SynthesizerGraphs.Pitch(Config, kind.PerFrameSpeaker, kind.WithVolume, kind.Batched), cancellationToken);
    }

    /// <summary>The decoder for a number of frames: short sequences do not fall into parts.</summary>
    internal Task<NetworkSession> DecoderAsync(bool perFrameSpeaker, bool batched, int frames, CancellationToken cancellationToken)
    {
        var fitting = frames >= plan.LeastFrames ? plan : plan with { Parts = 1 };
        return SessionAsync(
            $"decoder of {weights.Name}|{fitting.Parts}", new(perFrameSpeaker, false, batched),
            () => SynthesizerGraphs.Decoder(Config, perFrameSpeaker, batched, fitting), cancellationToken);
    }

    /// <summary>The embedding of a mix of speakers, [columns, speakers]: [1, features, columns].</summary>
    internal TensorData Speaker(ReadOnlySpan<float> mix, int columns)
    {
        var features = Config.SpeakerChannels;
        var result = TensorData.Zeros(DType.Float32, 1, features, columns);
        var rows = mix.Length / columns;
        var values = result.Floats;
        for (var column = 0; column < columns; column++)
        {
            for (var s = 0; s < rows; s++)
            {
                var amount = mix[(column * rows) + s];
                if (amount == 0) continue;
                for (var f = 0; f < features; f++) values[(f * columns) + column] += amount * speakers[(s * features) + f];
            }
        }

        return result;
    }

    Task<NetworkSession> SessionAsync(string name, SynthesizerKind kind, Func<Graph> build, CancellationToken cancellationToken) =>
        sessions.GetAsync(
            $"{name}|{kind}",
            token => NetworkSession.CreateAsync(OnnxWriter.Write(build().Optimise(), weights), options, name, cancellationToken: token),
            cancellationToken);

    void Check(SynthesizerInput input, SynthesizerInput first)
    {
        var frames = input.Pitch.Length;
        if (frames == 0) throw new ArgumentException("There are no frames.", nameof(input));
        if (input.Content.Length != frames * (long)Config.ContentChannels)
            throw new ArgumentException($"The content of {frames} frames takes {frames * (long)Config.ContentChannels} values, not {input.Content.Length}.", nameof(input));
        if (input.Voicing.Length != frames) throw new ArgumentException($"There are {frames} frames and {input.Voicing.Length} values of voicing.", nameof(input));
        if (!input.Volume.IsEmpty && input.Volume.Length != frames)
            throw new ArgumentException($"There are {frames} frames and {input.Volume.Length} values of volume.", nameof(input));

        var (mix, columns) = (input.SpeakerWeights.Length, input.SpeakerChanges ? frames : 1);
        if (mix == 0 || mix % columns != 0 || mix / columns > Config.SpeakerCount)
            throw new ArgumentException($"{mix} weights are not those of up to {Config.SpeakerCount} speakers{(columns > 1 ? $" for each of {frames} frames" : "")}.", nameof(input));
        if ((input.SpeakerChanges, input.PredictPitch, input.Volume.IsEmpty) != (first.SpeakerChanges, first.PredictPitch, first.Volume.IsEmpty))
            throw new ArgumentException("Sequences that run together all have or lack volume, changing speakers and predicted pitch.", nameof(input));
    }
}
