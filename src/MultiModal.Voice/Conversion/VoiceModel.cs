using System.Runtime.CompilerServices;
using MultiModal.Audio;
using MultiModal.Capabilities;
using MultiModal.Voice.Content;
using MultiModal.Voice.Streaming;
using MultiModal.Voice.Synthesis;

namespace MultiModal.Voice.Conversion;

/// <summary>A voice to convert to: a So-VITS-SVC model with its content encoder and pitch estimators, ready to run.</summary>
/// <remarks>Safe for concurrent conversions, each with its own options.</remarks>
public sealed class VoiceModel : IVoiceConverter, IStreamingVoiceConverter, IVoiceStreamFactory, IAsyncDisposable
{
    readonly Synthesizer synthesizer;
    readonly IContentEncoder encoder;
    readonly bool ownsEncoder;
    readonly PitchEstimators estimators;
    readonly UnitCorpus? corpus;

    VoiceModel(Synthesizer synthesizer, IContentEncoder encoder, bool ownsEncoder, PitchEstimators estimators, UnitCorpus? corpus) =>
        (this.synthesizer, this.encoder, this.ownsEncoder, this.estimators, this.corpus) = (synthesizer, encoder, ownsEncoder, estimators, corpus);

    /// <summary>The speakers' numbers by name.</summary>
    public IReadOnlyDictionary<string, int> Speakers => synthesizer.Settings.Speakers;

    IReadOnlyCollection<string> IVoiceConverter.Voices => [.. Speakers.OrderBy(s => s.Value).Select(s => s.Key)];

    /// <summary>Samples a second that the model makes.</summary>
    public int SampleRate => synthesizer.Settings.SampleRate;

    /// <summary>The content encoder.</summary>
    public IContentEncoder Encoder => encoder;

    /// <summary>The synthesizer.</summary>
    public Synthesizer Synthesizer => synthesizer;

    /// <summary>Whether <see cref="ConversionOptions.PredictPitch"/> can be used.</summary>
    public bool CanPredictPitch => synthesizer.Config.CanPredictPitch;

    /// <summary>Loads a model with what it needs.</summary>
    /// <param name="path">The generator: G_*.pth or the same tensors as .safetensors; config.json is expected beside it.</param>
    /// <param name="options">Where the rest is and on what device to run; null for the defaults.</param>
    /// <param name="cancellationToken">Stops the loading.</param>
    /// <exception cref="InvalidFileException">A file is missing, damaged, or of another kind.</exception>
    /// <exception cref="VoiceConversionException">Encoder and model do not fit each other.</exception>
    public static async Task<VoiceModel> LoadAsync(string path, VoiceModelOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new();
        var beside = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, "config.json");
        var settings = await SvcConfig.LoadAsync(options.ConfigPath ?? beside, cancellationToken).ConfigureAwait(false);
        var folders = PretrainedFiles.Folders(options, path);
        var synthesizer = await Synthesizer.LoadAsync(path, settings, options.Runtime, cancellationToken).ConfigureAwait(false);
        var encoder = options.Encoder;
        try
        {
            var channels = synthesizer.Config.ContentChannels;
            encoder ??= await ContentEncoders.LoadAsync(
                options.EncoderName ?? EncoderName(settings, channels), options.EncoderPath, folders, options.Runtime, cancellationToken).ConfigureAwait(false);
            if (encoder.Channels != channels)
                throw new VoiceConversionException($"{path} takes content units of {channels} channels; the encoder '{encoder.Name}' makes units of {encoder.Channels}.");
            var corpus = options.ClusterPath is { } cluster ? await Task.Run(() => Corpora.Open(cluster), cancellationToken).ConfigureAwait(false) : null;
            return new(synthesizer, encoder, options.Encoder is null, new(folders, options.Runtime), corpus);
        }
        catch
        {
            if (options.Encoder is null && encoder is not null) await encoder.DisposeAsync().ConfigureAwait(false);
            await synthesizer.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Converts a sound.</summary>
    /// <param name="input">Any rate; several channels are mixed to one. NaN counts as silence.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="progress">Told after each slice.</param>
    /// <param name="cancellationToken">Stops the conversion, within a network too.</param>
    /// <returns>One channel, as long as the input.</returns>
    /// <exception cref="VoiceConversionException">The model has no such speaker, or cannot predict pitch.</exception>
    public async Task<AudioClip> ConvertAsync(
        AudioClip input, ConversionOptions? options = null, IProgress<ConversionProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        List<AudioClip> parts = [];
        await foreach (var chunk in ConvertStreamingAsync(input, options, progress, cancellationToken).ConfigureAwait(false)) parts.Add(chunk.Audio);
        return parts.Count == 0 ? AudioClip.Silence(0, new(options?.OutputSampleRate ?? SampleRate)) : AudioClip.Concatenate([.. parts]);
    }

    /// <summary>Converts a sound and gives each part as soon as it is final, while the next is converted.</summary>
    /// <inheritdoc cref="ConvertAsync" path="/param"/>
    /// <inheritdoc cref="ConvertAsync" path="/exception"/>
    /// <returns>Parts that follow each other without gaps.</returns>
    public IAsyncEnumerable<ConvertedChunk> ConvertStreamingAsync(
        AudioClip input, ConversionOptions? options = null, IProgress<ConversionProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(input);
        return RunAsync(new ClipSource(input), options ?? new(), progress, cancellationToken);
    }

    /// <summary>Converts a file to a file. Long files are read, converted and written in pieces.</summary>
    /// <param name="inputPath">A WAV file of any rate and number of channels.</param>
    /// <param name="outputPath">The WAV file to write: one channel. It takes its name only when it is complete.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="encoding">How samples are stored; 16 bits by default.</param>
    /// <param name="progress">Told after each slice.</param>
    /// <param name="cancellationToken">Stops the conversion; nothing is left behind.</param>
    /// <exception cref="InvalidFileException">The input is no WAV file, or a damaged one.</exception>
    /// <exception cref="VoiceConversionException">The model has no such speaker, or cannot predict pitch.</exception>
    public async Task ConvertFileAsync(
        string inputPath, string outputPath, ConversionOptions? options = null, WavEncoding encoding = WavEncoding.Pcm16,
        IProgress<ConversionProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(inputPath);
        ArgumentException.ThrowIfNullOrEmpty(outputPath);
        options ??= new();
        using var source = await FileSource.OpenAsync(inputPath, cancellationToken).ConfigureAwait(false);
        var partial = outputPath + ".partial";
        try
        {
            await using (var writer = WavWriter.Create(partial, new(options.OutputSampleRate ?? SampleRate), encoding))
            {
                await foreach (var chunk in RunAsync(source, options, progress, cancellationToken).ConfigureAwait(false))
                    await writer.WriteAsync(chunk.Audio.ChannelMemory(0), cancellationToken).ConfigureAwait(false);
            }

            File.Move(partial, outputPath, overwrite: true);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }

    /// <summary>Opens a stream that converts in real time. Several may be open; they share the networks' weights.</summary>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Stops the opening.</param>
    /// <exception cref="VoiceConversionException">The model has no such speaker.</exception>
    public Task<VoiceStream> OpenStreamAsync(VoiceStreamOptions? options = null, CancellationToken cancellationToken = default) =>
        VoiceStream.OpenAsync(this, options ?? new(), cancellationToken);

    /// <summary>Ends the networks, after conversions under way.</summary>
    public async ValueTask DisposeAsync()
    {
        await synthesizer.DisposeAsync().ConfigureAwait(false);
        await estimators.DisposeAsync().ConfigureAwait(false);
        if (ownsEncoder) await encoder.DisposeAsync().ConfigureAwait(false);
    }

    Task<AudioClip> IVoiceConverter.ConvertAsync(
        AudioClip input, VoiceConversionRequest? request, IProgress<double>? progress, CancellationToken cancellationToken) =>
        ConvertAsync(input, ConversionOptions.From(request), FractionProgress.Of(progress), cancellationToken);

    IAsyncEnumerable<AudioClip> IStreamingVoiceConverter.ConvertStreamAsync(
        IAsyncEnumerable<AudioClip> input, VoiceConversionRequest? request, CancellationToken cancellationToken) =>
        StreamConversion.RunAsync(this, input, request, cancellationToken);

    internal SpeakerChoice Choose(ConversionOptions options)
    {
        if (options.PredictPitch && !CanPredictPitch)
            throw new VoiceConversionException("The model was trained without a pitch decoder: it cannot predict pitch. Convert with the source's pitch.");
        return new(Speakers, synthesizer.Config.SpeakerCount, options);
    }

    async IAsyncEnumerable<ConvertedChunk> RunAsync(
        SoundSource source, ConversionOptions options, IProgress<ConversionProgress>? progress, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        options.Validate();
        var speaker = Choose(options);
        if (options.ClusterRatio > 0 && corpus is null)
            throw new VoiceConversionException($"A cluster ratio needs clusters: set {nameof(VoiceModelOptions)}.{nameof(VoiceModelOptions.ClusterPath)}.");
        var estimator = await estimators.GetAsync(options.Pitch, options.PitchThreshold, cancellationToken).ConfigureAwait(false);
        var converter = new SliceConverter(synthesizer, encoder, estimator, corpus, speaker, options);
        var run = new ConversionRun(source, converter, SampleRate, options);
        await foreach (var chunk in run.ChunksAsync(progress, cancellationToken).ConfigureAwait(false)) yield return chunk;
    }

    /// <summary>A fork's config says for itself whether its 256 channels are layer 9 through the final projection.</summary>
    static string EncoderName(SvcConfig settings, int channels) => ContentEncoders.Choose(
        settings.SpeechEncoder ?? (settings.ContentFinalProjection is false && channels == 768 ? "vec768l12" : null), channels);
}
