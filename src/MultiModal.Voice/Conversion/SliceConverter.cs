using MultiModal.Audio;
using MultiModal.Voice.Content;
using MultiModal.Voice.Pitch;
using MultiModal.Voice.Signal;
using MultiModal.Voice.Synthesis;

namespace MultiModal.Voice.Conversion;

/// <summary>Converts one slice: silence around it, pitch and units, synthesis, and the silence off again.</summary>
sealed class SliceConverter(Synthesizer synthesizer, IContentEncoder encoder, IPitchEstimator estimator, UnitCorpus? corpus, SpeakerChoice speaker, ConversionOptions options)
{
    /// <summary>Converts a slice.</summary>
    /// <param name="samples">The slice.</param>
    /// <param name="sampleRate">Its rate.</param>
    /// <param name="length">How many samples are wanted at the model's rate.</param>
    /// <param name="position">Where in the whole sound a moment of the slice is, for mixes that change: from its seconds to 0..1.</param>
    /// <param name="cancellationToken">Stops the conversion.</param>
    public async Task<ConvertedSlice> ConvertAsync(
        ReadOnlyMemory<float> samples, int sampleRate, int length, Func<double, double> position, CancellationToken cancellationToken)
    {
        var settings = synthesizer.Settings;
        var (rate, hop) = (settings.SampleRate, synthesizer.Config.Decoder.Hop);
        var padding = (int)(sampleRate * options.Padding.TotalSeconds);
        var padded = new float[samples.Length + (2 * padding)];
        samples.Span.CopyTo(padded.AsSpan(padding));
        Pcm16.Round(padded);
        var wave = sampleRate == rate ? padded : new Resampler(sampleRate, rate).Resample(padded);
        var frames = wave.Length / hop;
        if (frames == 0) return new(new float[length], [], []);

        // Pitch by C# and units by the runtime's threads, side by side.
        var pitching = Task.Run(() => estimator.Estimate(wave, new(rate, hop, frames)).Transpose(options.Transpose), cancellationToken);
        var wave16 = rate == 16000 ? wave : new Resampler(rate, 16000).Resample(wave);
        var units = await encoder.EncodeAsync(wave16, cancellationToken).ConfigureAwait(false);
        var pitch = await pitching.ConfigureAwait(false);
        var content = UnitAlignment.Stretch(units.Values, units.Channels, frames, settings.UnitAlignment);
        if (corpus is not null && options.ClusterRatio > 0 && speaker.Name is { } name)
            corpus.Draw(content, units.Channels, name, speaker.Number, (float)options.ClusterRatio);

        var result = await synthesizer.RunAsync(
            new()
            {
                Content = content,
                Pitch = pitch.Continuous.ToArray(),
                Voicing = pitch.Voicing(),
                Volume = synthesizer.Config.VolumeEmbedding ? Volume(wave, hop, frames) : [],
                SpeakerWeights = speaker.Weights(frames, t => position(((t * (double)hop) / rate) - options.Padding.TotalSeconds)),
                SpeakerChanges = speaker.Changes,
                NoiseScale = options.NoiseScale,
                Seed = options.Seed,
                PredictPitch = options.PredictPitch,
                CoarseRule = options.CoarseRule ?? (settings.SpeechEncoder is null ? CoarsePitchRule.Svc40 : CoarsePitchRule.Svc41),
            },
            cancellationToken).ConfigureAwait(false);

        var sound = result.Samples;
        if (options.LoudnessAdjustment < 1) Loudness.Approach(sound, rate, wave, rate, options.LoudnessAdjustment);
        var trim = Math.Min((int)(rate * options.Padding.TotalSeconds), sound.Length / 2);
        var skipped = Math.Min(trim / hop, frames / 2);
        return new(
            Fit(sound.AsSpan(trim, sound.Length - (2 * trim)), length), pitch.Hertz[skipped..(frames - skipped)].ToArray(), result.Pitch[skipped..(frames - skipped)]);
    }

    static float[] Volume(float[] wave, int hop, int frames)
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
