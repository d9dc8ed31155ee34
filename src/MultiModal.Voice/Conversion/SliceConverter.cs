using MultiModal.Audio;
using MultiModal.Runtime.Random;
using MultiModal.Voice.Content;
using MultiModal.Voice.Diffusion;
using MultiModal.Voice.Pitch;
using MultiModal.Voice.Signal;
using MultiModal.Voice.Synthesis;

namespace MultiModal.Voice.Conversion;

/// <summary>Converts one slice: silence around it, pitch and units, synthesis, diffusion or enhancement where wanted, and the silence off again.</summary>
/// <param name="parts">The model.</param>
/// <param name="vocoder">What diffusion and enhancement need; null where neither is wanted.</param>
/// <param name="estimator">What finds the pitch.</param>
/// <param name="speaker">Who is to be heard.</param>
/// <param name="batcher">What runs the synthesizer, for several slices at once; null to run it for each.</param>
/// <param name="options">How.</param>
sealed class SliceConverter(
    VoiceParts parts, NsfHifiGan? vocoder, IPitchEstimator estimator, SpeakerChoice speaker, SynthesisBatcher? batcher, ConversionOptions options)
{
    readonly int rate = parts.SampleRate, hop = parts.Hop;

    /// <summary>Converts a slice.</summary>
    /// <param name="samples">The slice.</param>
    /// <param name="sampleRate">Its rate.</param>
    /// <param name="length">How many samples are wanted at the model's rate.</param>
    /// <param name="position">Where in the whole sound a moment of the slice is, for mixes that change: from its seconds to 0..1.</param>
    /// <param name="cancellationToken">Stops the conversion.</param>
    public async Task<ConvertedSlice> ConvertAsync(
        ReadOnlyMemory<float> samples, int sampleRate, int length, Func<double, double> position, CancellationToken cancellationToken)
    {
        using var turn = batcher?.Enter();
        var padding = (int)(sampleRate * options.Padding.TotalSeconds);
        var padded = new float[samples.Length + (2 * padding)];
        samples.Span.CopyTo(padded.AsSpan(padding));
        Pcm16.Round(padded);
        var wave = sampleRate == rate ? padded : new Resampler(sampleRate, rate).Resample(padded);
        var frames = wave.Length / hop;
        if (frames == 0) return new(new float[length], [], []);

        // Pitch by C# and units by the runtime's threads, side by side.
        var pitching = Task.Run(() => estimator.Estimate(wave, new(rate, hop, frames)).Transpose(options.Transpose), cancellationToken);
        var content = await ContentAsync(wave, frames, cancellationToken).ConfigureAwait(false);
        var pitch = await pitching.ConfigureAwait(false);
        if (parts.Corpus is { } corpus && options.ClusterRatio > 0 && speaker.Name is { } name)
            corpus.Draw(content, parts.Encoder.Channels, name, speaker.Number, (float)options.ClusterRatio);

        var random = new TorchRandom(options.Seed);
        var weights = speaker.Weights(frames, t => position(((t * (double)hop) / rate) - options.Padding.TotalSeconds));
        var (sound, used, volume) = (wave, pitch.Continuous.ToArray(), (float[]?)null);
        if (parts.Synthesizer is { } synthesizer)
        {
            volume = synthesizer.Config.VolumeEmbedding ? Volume(wave, frames) : null;
            var input = new SynthesizerInput
            {
                Content = content,
                Pitch = used,
                Voicing = pitch.Voicing(),
                Volume = volume,
                SpeakerWeights = weights,
                SpeakerChanges = speaker.Changes,
                NoiseScale = options.NoiseScale,
                Random = random,
                PredictPitch = options.PredictPitch,
                CoarseRule = options.CoarseRule ?? parts.CoarseRule,
            };
            var result = await (batcher is null ? synthesizer.RunAsync(input, cancellationToken) : batcher.RunAsync(input, cancellationToken)).ConfigureAwait(false);
            (sound, used) = (result.Samples, result.Pitch);
        }

        if (parts.Diffusion is { } diffusion && (parts.Synthesizer is null || options.Diffusion is not null))
        {
            if (parts.Synthesizer is not null && options.Diffusion!.SecondEncoding) content = await ContentAsync(sound, frames, cancellationToken).ConfigureAwait(false);
            sound = await DiffuseAsync(diffusion, sound, content, used, volume ?? Volume(sound, frames), weights, random, cancellationToken).ConfigureAwait(false);
        }
        else if (options.Enhance)
        {
            sound = await VoiceEnhancer.EnhanceAsync(vocoder!, sound, rate, used, hop, options.EnhancerKey, random, cancellationToken).ConfigureAwait(false);
        }

        if (options.LoudnessAdjustment < 1) Loudness.Approach(sound, rate, wave, rate, options.LoudnessAdjustment);
        var trim = Math.Min((int)(rate * options.Padding.TotalSeconds), sound.Length / 2);
        var skipped = Math.Min(trim / hop, frames / 2);
        return new(Fit(sound.AsSpan(trim, sound.Length - (2 * trim)), length), pitch.Hertz[skipped..(frames - skipped)].ToArray(), used[skipped..(frames - skipped)]);
    }

    async Task<float[]> ContentAsync(float[] wave, int frames, CancellationToken cancellationToken)
    {
        var wave16 = rate == 16000 ? wave : new Resampler(rate, 16000).Resample(wave);
        var units = await parts.Encoder.EncodeAsync(wave16, cancellationToken).ConfigureAwait(false);
        return UnitAlignment.Stretch(units.Values, units.Channels, frames, parts.Alignment);
    }

    async Task<float[]> DiffuseAsync(
        MelDiffusion diffusion, float[] sound, float[] content, float[] pitch, float[] volume, float[] weights, TorchRandom random, CancellationToken cancellationToken)
    {
        var settings = options.Diffusion ?? new();
        var mel = await diffusion.RunAsync(
            new()
            {
                Content = content,
                Pitch = pitch,
                Volume = volume,
                SpeakerWeights = OfDiffusion(weights, speaker.Changes ? pitch.Length : 1),
                SpeakerChanges = speaker.Changes,
                Spectrogram = parts.Synthesizer is null ? default : vocoder!.Mel.Compute(sound),
                Steps = settings.Steps,
                Speedup = settings.Speedup,
                Sampler = settings.Sampler,
            },
            random, cancellationToken: cancellationToken).ConfigureAwait(false);
        return await vocoder!.RunAsync(mel, pitch, random, diffusion.Config.DecimalVocoder, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The weights of as many speakers as the diffusion model has: a generator may have been given room for more than there were.</summary>
    float[] OfDiffusion(float[] weights, int rows)
    {
        var (from, to) = (weights.Length / rows, parts.Diffusion!.SpeakerCount);
        if (from <= to) return weights;
        var result = new float[rows * to];
        for (var row = 0; row < rows; row++) weights.AsSpan(row * from, to).CopyTo(result.AsSpan(row * to));
        return result;
    }

    float[] Volume(float[] wave, int frames)
    {
        var volume = Loudness.Volume(wave, hop);
        if (volume.Length != frames) Array.Resize(ref volume, frames);
        return volume;
    }

    /// <summary>The middle of what is too long, or what is too short in the middle of silence: the network's frames seldom fill a slice evenly.</summary>
    static float[] Fit(ReadOnlySpan<float> samples, int length)
    {
        var fitted = new float[length];
        if (samples.Length >= length) samples.Slice((samples.Length - length) / 2, length).CopyTo(fitted);
        else samples.CopyTo(fitted.AsSpan((length - samples.Length) / 2));
        return fitted;
    }
}
