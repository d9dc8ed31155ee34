using MultiModal.Voice.Content;
using MultiModal.Voice.Diffusion;
using MultiModal.Voice.Pitch;
using MultiModal.Voice.Signal;
using MultiModal.Voice.Synthesis;

namespace MultiModal.Voice.Conversion;

/// <summary>The networks of a voice model: a synthesizer, a diffusion model, or the one behind the other, with what both need.</summary>
/// <param name="Synthesizer">Null for a model of diffusion alone.</param>
/// <param name="Diffusion">Null where there is none.</param>
/// <param name="Encoder">The content encoder.</param>
/// <param name="Corpus">Clusters or retrieval indexes; null where there are none.</param>
sealed record VoiceParts(Synthesizer? Synthesizer, MelDiffusion? Diffusion, IContentEncoder Encoder, UnitCorpus? Corpus)
{
    public int SampleRate => Synthesizer?.Settings.SampleRate ?? Diffusion!.Config.SampleRate;

    public int Hop => Synthesizer?.Config.Decoder.Hop ?? Diffusion!.Config.HopLength;

    public UnitAlignmentMode Alignment => Synthesizer?.Settings.UnitAlignment ?? Diffusion!.Config.UnitAlignment;

    public IReadOnlyDictionary<string, int> Speakers => Synthesizer?.Settings.Speakers ?? Diffusion!.Config.Speakers;

    /// <summary>How many speakers can be told apart; a diffusion model of one speaker may name more.</summary>
    public int SpeakerCount => Synthesizer?.Config.SpeakerCount ?? Math.Max(Diffusion!.SpeakerCount, Speakers.Count == 0 ? 1 : Speakers.Values.Max() + 1);

    /// <summary>Models of version 4.0 have configs that name no encoder.</summary>
    public CoarsePitchRule CoarseRule => Synthesizer is { Settings.SpeechEncoder: null } ? CoarsePitchRule.Svc40 : CoarsePitchRule.Svc41;

    /// <summary>Loads the networks.</summary>
    /// <inheritdoc cref="VoiceModel.LoadAsync" path="/exception"/>
    public static async Task<VoiceParts> LoadAsync(string path, VoiceModelOptions options, PretrainedFiles files, CancellationToken cancellationToken)
    {
        var alone = File.Exists(path) && await Task.Run(() => MelDiffusion.Is(path), cancellationToken).ConfigureAwait(false);
        if (alone && options.DiffusionPath is not null)
            throw new VoiceConversionException($"{path} is a diffusion model; {nameof(VoiceModelOptions.DiffusionPath)} refines what a generator (G_*.pth) makes.");
        var parts = new VoiceParts(null, null, options.Encoder!, null);
        try
        {
            if (!alone) parts = parts with { Synthesizer = await SynthesizerAsync(path, options, cancellationToken).ConfigureAwait(false) };
            if ((alone ? path : options.DiffusionPath) is { } diffusion)
            {
                var config = alone ? options.ConfigPath ?? options.DiffusionConfigPath : options.DiffusionConfigPath;
                parts = parts with { Diffusion = await MelDiffusion.LoadAsync(diffusion, config, options.Runtime, cancellationToken).ConfigureAwait(false) };
            }

            var channels = parts.Synthesizer?.Config.ContentChannels ?? parts.Diffusion!.ContentChannels;
            if (options.Encoder is null)
            {
                var name = options.EncoderName ?? parts.EncoderName(channels);
                parts = parts with { Encoder = await ContentEncoders.LoadAsync(name, options.EncoderPath, files, options.Runtime, cancellationToken).ConfigureAwait(false) };
            }

            if (options.ClusterPath is { } cluster) parts = parts with { Corpus = await Task.Run(() => Corpora.Open(cluster), cancellationToken).ConfigureAwait(false) };
            parts.Check(path, channels);
            return parts;
        }
        catch
        {
            await parts.DisposeAsync(options.Encoder is null).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Makes sure that a vocoder can follow.</summary>
    /// <exception cref="VoiceConversionException">It has another rate, hop or spectrogram than the rest.</exception>
    public void CheckVocoder(NsfHifiGan vocoder)
    {
        if (vocoder.SampleRate != SampleRate || vocoder.HopLength != Hop || vocoder.Mel.Options.Mels != Diffusion!.Mels)
        {
            throw new VoiceConversionException(
                $"The vocoder makes sound at {vocoder.SampleRate} Hz of {vocoder.Mel.Options.Mels} mels, {vocoder.HopLength} samples a frame; the model has {SampleRate} Hz, {Diffusion!.Mels} mels and {Hop} samples.");
        }
    }

    /// <summary>Ends the networks, after what is under way.</summary>
    public async ValueTask DisposeAsync(bool withEncoder)
    {
        if (Synthesizer is not null) await Synthesizer.DisposeAsync().ConfigureAwait(false);
        if (Diffusion is not null) await Diffusion.DisposeAsync().ConfigureAwait(false);
        // While loading there may be none yet.
        if (withEncoder && Encoder is { } loaded) await loaded.DisposeAsync().ConfigureAwait(false);
    }

    static async Task<Synthesizer> SynthesizerAsync(string path, VoiceModelOptions options, CancellationToken cancellationToken)
    {
        var beside = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, "config.json");
        var settings = await SvcConfig.LoadAsync(options.ConfigPath ?? beside, cancellationToken).ConfigureAwait(false);
        return await Synthesizer.LoadAsync(path, settings, options.Runtime, cancellationToken).ConfigureAwait(false);
    }

    void Check(string path, int channels)
    {
        if (Encoder.Channels != channels)
            throw new VoiceConversionException($"{path} takes content units of {channels} channels; the encoder '{Encoder.Name}' makes units of {Encoder.Channels}.");
        if (Synthesizer is null || Diffusion is null) return;
        if (Diffusion.ContentChannels != channels)
            throw new VoiceConversionException($"The generator takes content units of {channels} channels and the diffusion model of {Diffusion.ContentChannels}: they belong to different models.");
        if (Diffusion.Config.SampleRate != SampleRate || Diffusion.Config.HopLength != Hop)
        {
            throw new VoiceConversionException(
                $"The generator has {SampleRate} Hz and {Hop} samples a frame, the diffusion model {Diffusion.Config.SampleRate} Hz and {Diffusion.Config.HopLength}: they belong to different models.");
        }
    }

    /// <summary>A fork's config says for itself whether its 256 channels are layer 9 through the final projection.</summary>
    string EncoderName(int channels) => ContentEncoders.Choose(
        Synthesizer is { } synthesizer ? synthesizer.Settings.SpeechEncoder ?? (synthesizer.Settings.ContentFinalProjection is false && channels == 768 ? "vec768l12" : null)
            : Diffusion!.Config.SpeechEncoder,
        channels);
}
