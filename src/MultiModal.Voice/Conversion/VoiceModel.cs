using System.Diagnostics;
using System.Runtime.CompilerServices;
using MultiModal.Audio;
using MultiModal.Capabilities;
using MultiModal.Voice.Content;
using MultiModal.Runtime.Downloads;
using MultiModal.Voice.Diffusion;
using MultiModal.Voice.Streaming;
using MultiModal.Voice.Synthesis;

namespace MultiModal.Voice.Conversion;

/// <summary>
/// A voice to convert to: a So-VITS-SVC model with its content encoder and pitch estimators, ready to run; with a diffusion model behind it where wanted, or a
/// diffusion model alone.
/// </summary>
/// <remarks>Safe for concurrent conversions, each with its own options.</remarks>
public sealed class VoiceModel : IVoiceConverter, IStreamingVoiceConverter, IVoiceStreamFactory, IAsyncDisposable
{
    // How long the first of several slices waits for others to run together with: little against what a run takes.
    static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(200);

    // Below this much silence around a slice, what runs with it would be heard at its end.
    static readonly TimeSpan LeastPadding = TimeSpan.FromSeconds(0.25);

    readonly VoiceParts parts;
    readonly bool ownsEncoder;
    readonly PitchEstimators estimators;
    readonly VocoderSlot vocoder;

    VoiceModel(VoiceParts parts, bool ownsEncoder, PitchEstimators estimators, VocoderSlot vocoder) =>
        (this.parts, this.ownsEncoder, this.estimators, this.vocoder) = (parts, ownsEncoder, estimators, vocoder);

    /// <summary>The speakers' numbers by name.</summary>
    public IReadOnlyDictionary<string, int> Speakers => parts.Speakers;

    IReadOnlyCollection<string> IVoiceConverter.Voices => [.. Speakers.OrderBy(s => s.Value).Select(s => s.Key)];

    /// <summary>Samples a second that the model makes.</summary>
    public int SampleRate => parts.SampleRate;

    /// <summary>The content encoder.</summary>
    public IContentEncoder Encoder => parts.Encoder;

    /// <summary>The synthesizer; null for a model of diffusion alone.</summary>
    public Synthesizer? Synthesizer => parts.Synthesizer;

    /// <summary>The diffusion model; null where there is none.</summary>
    public MelDiffusion? Diffusion => parts.Diffusion;

    /// <summary>Whether <see cref="ConversionOptions.PredictPitch"/> can be used.</summary>
    public bool CanPredictPitch => parts.Synthesizer is { Config.CanPredictPitch: true };

    /// <summary>Loads a model with what it needs.</summary>
    /// <param name="path">
    /// The generator, G_*.pth or the same tensors as .safetensors, config.json being expected beside it; or a diffusion model, model_*.pt with config.yaml, which is then used alone.
    /// </param>
    /// <param name="options">Where the rest is and on what device to run; null for the defaults.</param>
    /// <param name="cancellationToken">Stops the loading.</param>
    /// <exception cref="InvalidFileException">A file is missing, damaged, or of another kind.</exception>
    /// <exception cref="DownloadException">A missing file may be downloaded, and cannot be.</exception>
    /// <exception cref="VoiceConversionException">Encoder, diffusion model and generator do not fit each other.</exception>
    public static async Task<VoiceModel> LoadAsync(string path, VoiceModelOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new();
        var files = PretrainedFiles.For(options, path);
        var vocoder = new VocoderSlot(options.VocoderPath, files, options.Runtime);
        var parts = await VoiceParts.LoadAsync(path, options, files, cancellationToken).ConfigureAwait(false);
        try
        {
            if (parts.Diffusion is not null) parts.CheckVocoder(await vocoder.GetAsync(cancellationToken).ConfigureAwait(false));
            return new(parts, options.Encoder is null, new(files, options.Runtime), vocoder);
        }
        catch
        {
            await vocoder.DisposeAsync().ConfigureAwait(false);
            await parts.DisposeAsync(options.Encoder is null).ConfigureAwait(false);
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
        var converter = await PrepareAsync(options, cancellationToken).ConfigureAwait(false);
        await ConvertFileAsync(inputPath, outputPath, converter, options, encoding, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Converts many files, several at once, slices of different files running through the synthesizer together: see <see cref="ConversionOptions.MaxBatch"/>. A file that cannot be
    /// converted does not stop the others.
    /// </summary>
    /// <param name="files">What to convert to what.</param>
    /// <param name="options">How; null for the defaults with batches of four.</param>
    /// <param name="encoding">How samples are stored; 16 bits by default.</param>
    /// <param name="progress">Told the part of all that is done, 0 to 1.</param>
    /// <param name="cancellationToken">Stops the conversions; files that are complete stay.</param>
    /// <returns>What became of each, in the order given.</returns>
    /// <exception cref="VoiceConversionException">The model has no such speaker, or cannot predict pitch.</exception>
    public async Task<IReadOnlyList<FileConversionResult>> ConvertFilesAsync(
        IReadOnlyList<FileConversion> files, ConversionOptions? options = null, WavEncoding encoding = WavEncoding.Pcm16,
        IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(files);
        options ??= new() { MaxBatch = 4 };
        var converter = await PrepareAsync(options, cancellationToken).ConfigureAwait(false);
        var results = new FileConversionResult[files.Count];
        var shares = new SharedProgress(files.Count, progress);
        // Few files have more slices under way each.
        var each = options with { MaxBatch = Math.Max(1, options.MaxBatch / Math.Max(1, files.Count)) };
        await Parallel.ForAsync(0, files.Count, new ParallelOptions { MaxDegreeOfParallelism = options.MaxBatch, CancellationToken = cancellationToken }, async (i, token) =>
        {
            var (input, output) = files[i];
            try
            {
                await ConvertFileAsync(input, output, converter, each, encoding, shares.Of(i), token).ConfigureAwait(false);
                results[i] = new(files[i], null);
            }
            catch (Exception e) when (e is MultiModalException or IOException or UnauthorizedAccessException or ArgumentException)
            {
                results[i] = new(files[i], e);
            }
        }).ConfigureAwait(false);
        return results;
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
        await parts.DisposeAsync(ownsEncoder).ConfigureAwait(false);
        await vocoder.DisposeAsync().ConfigureAwait(false);
        await estimators.DisposeAsync().ConfigureAwait(false);
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
            throw new VoiceConversionException("The model has no pitch decoder: it cannot predict pitch. Convert with the source's pitch.");
        if (options.Diffusion is { } settings)
        {
            if (parts.Diffusion is not { } diffusion)
                throw new VoiceConversionException($"There is no diffusion model to refine by: set {nameof(VoiceModelOptions)}.{nameof(VoiceModelOptions.DiffusionPath)}.");
            if (parts.Synthesizer is not null && settings.Steps > diffusion.MaximumSteps)
                throw new VoiceConversionException($"{settings.Steps} steps of noise are wanted; the diffusion model was trained with at most {diffusion.MaximumSteps}.");
        }

        return new(Speakers, parts.SpeakerCount, options);
    }

    async IAsyncEnumerable<ConvertedChunk> RunAsync(
        SoundSource source, ConversionOptions options, IProgress<ConversionProgress>? progress, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var converter = await PrepareAsync(options, cancellationToken).ConfigureAwait(false);
        var run = new ConversionRun(source, converter, SampleRate, options);
        var (begun, sound) = (Stopwatch.GetTimestamp(), TimeSpan.Zero);
        var activity = VoiceTelemetry.Begin();
        Exception? failure = null;
        var chunks = run.ChunksAsync(progress, cancellationToken).GetAsyncEnumerator(cancellationToken);
        try
        {
            while (true)
            {
                try
                {
                    if (!await chunks.MoveNextAsync().ConfigureAwait(false)) break;
                }
                catch (Exception error)
                {
                    failure = error;
                    throw;
                }

                sound += chunks.Current.Audio.Duration;
                yield return chunks.Current;
            }
        }
        finally
        {
            await chunks.DisposeAsync().ConfigureAwait(false);
            VoiceTelemetry.Converted(activity, Stopwatch.GetElapsedTime(begun), sound, failure);
        }
    }

    async Task ConvertFileAsync(
        string inputPath, string outputPath, SliceConverter converter, ConversionOptions options, WavEncoding encoding,
        IProgress<ConversionProgress>? progress, CancellationToken cancellationToken)
    {
        using var source = await FileSource.OpenAsync(inputPath, cancellationToken).ConfigureAwait(false);
        var partial = outputPath + ".partial";
        try
        {
            await using (var writer = WavWriter.Create(partial, new(options.OutputSampleRate ?? SampleRate), encoding))
            {
                var run = new ConversionRun(source, converter, SampleRate, options);
                await foreach (var chunk in run.ChunksAsync(progress, cancellationToken).ConfigureAwait(false))
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

    /// <summary>What converts slices as options say; shared by conversions that are to run together.</summary>
    async Task<SliceConverter> PrepareAsync(ConversionOptions options, CancellationToken cancellationToken)
    {
        options.Validate();
        var speaker = Choose(options);
        if (options.ClusterRatio > 0 && parts.Corpus is null)
            throw new VoiceConversionException($"A cluster ratio needs clusters: set {nameof(VoiceModelOptions)}.{nameof(VoiceModelOptions.ClusterPath)}.");
        var estimator = await estimators.GetAsync(options.Pitch, options.PitchThreshold, cancellationToken).ConfigureAwait(false);
        var needed = options.Enhance || options.Diffusion is not null || parts.Synthesizer is null;
        var batcher = parts.Synthesizer is { } synthesizer && options.MaxBatch > 1 && options.Padding >= LeastPadding ? new SynthesisBatcher(synthesizer, options.MaxBatch, Gathering) : null;
        return new(parts, needed ? await vocoder.GetAsync(cancellationToken).ConfigureAwait(false) : null, estimator, speaker, batcher, options);
    }
}
