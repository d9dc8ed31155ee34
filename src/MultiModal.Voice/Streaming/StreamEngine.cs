using System.Numerics.Tensors;
using MultiModal.Runtime;
using MultiModal.Runtime.Sessions;
using MultiModal.Voice.Content;
using MultiModal.Voice.Conversion;
using MultiModal.Voice.Pitch;
using MultiModal.Voice.Signal;
using MultiModal.Voice.Synthesis;

namespace MultiModal.Voice.Streaming;

/// <summary>
/// The conversion of a stream at the model's rate, frame by frame. What was computed once is kept: units, pitch, noise and the harmonic
/// source of a frame stay as they are, and the decoder runs only on what is emitted and the little around it that it sees.
/// </summary>
sealed class StreamEngine : IDisposable
{
    // What the decoder's convolutions see to the left, nearly: beyond it weights are small, and the fade hides the rest.
    const int DecoderMargin = 10;

    // Units this near to the end of a window were made without a future, and are made again with the next.
    const int RenewedUnits = 6;

    // Before its beginning a stream was silent.
    const int AlwaysQuiet = 1 << 20;

    readonly int hop, rate, ahead, overlap, window, span, inter, channels;
    readonly FrameRing units, noise, source, pitches;
    readonly FrameRing wave, wave16;
    readonly UnitWindow encoder;
    readonly StreamPitch tracker;
    readonly StreamSource harmonics;
    readonly SessionBinding prior, decoder;
    readonly TensorData content, voiced, coarse, priorNoise, latent, recent, sound, excitation;
    readonly TensorData? volume;
    readonly NoiseTable random;
    readonly float noiseScale;
    readonly float[] around = new float[StreamPitch.Length];
    long frames, tracked, samples, samples16, encodedUnits;
    float lastPitch;
    int quietFrames = AlwaysQuiet;

    public StreamEngine(
        Synthesizer synthesizer, IContentEncoder contentEncoder, VoiceStreamOptions options, SpeakerChoice speaker, SessionBinding prior, SessionBinding decoder, int maxFrames, bool withVolume)
    {
        var config = synthesizer.Config;
        (this.prior, this.decoder, noiseScale) = (prior, decoder, options.NoiseScale);
        (rate, hop, inter, channels) = (synthesizer.Settings.SampleRate, config.Decoder.Hop, config.InterChannels, config.ContentChannels);
        MaxFrames = maxFrames;
        var crossfade = Fade(options, rate, hop, maxFrames);
        Sola = new(crossfade, (int)(options.Search.TotalSeconds * rate));
        ahead = Ahead(options, rate, hop);
        overlap = crossfade + Sola.SearchRange;
        window = Window(options, synthesizer, maxFrames);
        span = window + (int)(options.Context.TotalSeconds * rate / hop);

        // As many units as the span of frames has, and what an edge needs.
        encoder = UnitWindow.Create(contentEncoder, Math.Max(4, (int)(span * (long)hop * 50 / rate)));
        units = new(channels, encoder.Units + (maxFrames * 2) + 64);
        noise = new(inter, span + maxFrames);
        source = new(hop, window + maxFrames);
        pitches = new(2, span + maxFrames);
        wave = new(1, (span + (2 * maxFrames)) * hop);
        wave16 = new(1, (encoder.Units * UnitWindow.Hop) + (maxFrames * hop) + 4096);
        tracker = new(hop / (double)rate);
        random = new(options.Seed);
        harmonics = new(synthesizer.Source, random);

        content = TensorData.Zeros(DType.Float32, 1, channels, span);
        voiced = TensorData.Zeros(DType.Int64, 1, span);
        coarse = TensorData.Zeros(DType.Int64, 1, span);
        priorNoise = TensorData.Zeros(DType.Float32, 1, inter, span);
        latent = TensorData.Zeros(DType.Float32, 1, inter, span);
        recent = TensorData.Zeros(DType.Float32, 1, inter, window);
        excitation = TensorData.Zeros(DType.Float32, 1, 1, window * hop);
        sound = TensorData.Zeros(DType.Float32, 1, 1, window * hop);
        volume = withVolume ? TensorData.Zeros(DType.Float32, 1, span) : null;
        Bind(synthesizer.Speaker(speaker.Weights(1, _ => 0), 1));
    }

    /// <summary>The most frames one step takes.</summary>
    public int MaxFrames { get; }

    /// <summary>The joint of the emitted blocks.</summary>
    public Sola Sola { get; }

    /// <summary>By how many samples at the model's rate the output is behind the input.</summary>
    public int Delay => (ahead * hop) + overlap;

    /// <summary>Frames of which all samples have arrived and that were not yet taken.</summary>
    public int Pending => (int)((samples / hop) - frames);

    /// <summary>What the pitch is multiplied by.</summary>
    public float PitchFactor { get; set; } = 1;

    /// <summary>How many frames the decoder runs on.</summary>
    /// <param name="options">How the stream is converted.</param>
    /// <param name="synthesizer">The synthesizer.</param>
    /// <param name="maxFrames">The most frames one step takes.</param>
    public static int Window(VoiceStreamOptions options, Synthesizer synthesizer, int maxFrames)
    {
        var (rate, hop) = (synthesizer.Settings.SampleRate, synthesizer.Config.Decoder.Hop);
        var overlap = Fade(options, rate, hop, maxFrames) + (int)(options.Search.TotalSeconds * rate);
        return DecoderMargin + maxFrames + Ahead(options, rate, hop) + ((overlap + hop - 1) / hop);
    }

    static int Fade(VoiceStreamOptions options, int rate, int hop, int maxFrames) =>
        Math.Clamp((int)(options.Crossfade.TotalSeconds * rate), 1, Math.Max(1, (maxFrames - 1) * hop));

    static int Ahead(VoiceStreamOptions options, int rate, int hop) => (int)Math.Round(options.LookAhead.TotalSeconds * rate / hop);

    /// <summary>Takes samples at the model's rate.</summary>
    public void Arrive(ReadOnlySpan<float> block)
    {
        foreach (var value in block) wave[samples++][0] = value;
    }

    /// <summary>Takes samples at 16 kHz.</summary>
    public void Arrive16(ReadOnlySpan<float> block)
    {
        foreach (var value in block) wave16[samples16++][0] = value;
    }

    /// <summary>Converts pending frames.</summary>
    /// <param name="count">How many; at most <see cref="MaxFrames"/>.</param>
    /// <param name="gate">Below this root mean square a frame is silent.</param>
    /// <param name="output">Room for the frames' samples.</param>
    /// <param name="invalid">How many samples were NaN or infinite.</param>
    /// <returns>Whether the networks ran, rather than all being silence.</returns>
    public bool Step(int count, float gate, Span<float> output, out int invalid)
    {
        invalid = 0;
        for (var i = 0; i < count; i++) Take(gate);
        var result = sound.Floats;
        var length = (count * hop) + overlap;
        var start = ((window - ahead) * hop) - length;
        if (quietFrames >= count + ahead + ((overlap + hop - 1) / hop) + 1)
        {
            // All that would be emitted is silence. Units of the pause are made when it ends.
            result.Slice(start, length).Clear();
            Sola.Join(result.Slice(start, length), output);
            return false;
        }

        Encode();
        Prepare();
        prior.Run();
        for (var c = 0; c < inter; c++) latent.Floats.Slice((c * span) + span - window, window).CopyTo(recent.Floats[(c * window)..]);
        decoder.Run();
        var block = result.Slice(start, length);
        invalid = NonFinite.Silence(block);
        Sola.Join(block, output);
        return true;
    }

    /// <summary>Forgets the past.</summary>
    public void Reset()
    {
        (frames, tracked, samples, samples16, encodedUnits, lastPitch, quietFrames) = (0, 0, 0, 0, 0, 0, AlwaysQuiet);
        units.Clear();
        noise.Clear();
        source.Clear();
        pitches.Clear();
        wave.Clear();
        wave16.Clear();
        tracker.Reset();
        Sola.Reset();
    }

    public void Dispose()
    {
        prior.Dispose();
        decoder.Dispose();
        encoder.Dispose();
    }

    void Bind(TensorData speaker)
    {
        prior.SetInput("content", content);
        prior.SetInput("voiced", voiced);
        prior.SetInput("coarse", coarse);
        prior.SetInput("noise", priorNoise);
        prior.SetInput("speaker", speaker);
        if (volume is not null) prior.SetInput("volume", volume);
        prior.SetOutput("latent", latent);
        decoder.SetInput("latent", recent);
        decoder.SetInput("source", excitation);
        decoder.SetInput("speaker", speaker);
        decoder.SetOutput("audio", sound);
    }

    /// <summary>One frame more: its noise, and the pitch and source of the frame that now has its future.</summary>
    void Take(float gate)
    {
        var drawn = noise[frames];
        random.Fill(drawn);
        TensorPrimitives.Multiply(drawn, noiseScale, drawn);
        var energy = 0f;
        for (var i = 0; i < hop; i++)
        {
            var value = wave[(frames * hop) + i][0];
            energy += value * value;
        }

        quietFrames = MathF.Sqrt(energy / hop) < gate ? Math.Min(quietFrames + 1, AlwaysQuiet) : 0;
        frames++;
        for (; tracked < frames - ahead; tracked++) Track();
    }

    void Track()
    {
        var middle = tracked * hop * 16000 / rate;
        for (var i = 0; i < around.Length; i++)
        {
            var at = middle - (around.Length / 2) + i;
            around[i] = at < samples16 && at >= 0 ? wave16[at][0] : 0;
        }

        var found = tracker.Next(around);
        // Through unvoiced frames the pitch is held: what follows is not known yet.
        if (found > 0) lastPitch = found * PitchFactor;
        var frame = pitches[tracked];
        (frame[0], frame[1]) = (lastPitch, found > 0 ? 1 : 0);
        harmonics.Next(lastPitch, source[tracked]);
    }

    void Encode()
    {
        var available = Math.Max(0, ((samples16 - encoder.Length) / UnitWindow.Hop) + encoder.Units);
        if (available == encodedUnits && encodedUnits > 0) return;
        var first = available - encoder.Units;
        var input = encoder.Samples;
        for (var i = 0; i < input.Length; i++)
        {
            var at = (first * UnitWindow.Hop) + i;
            input[i] = at >= 0 ? wave16[at][0] : 0;
        }

        var encoded = encoder.Run();
        // After a pause the cache has a gap, and all of the window is taken.
        var from = Math.Max(first, encodedUnits >= first ? encodedUnits - RenewedUnits : first);
        for (var unit = from; unit < available; unit++)
        {
            var target = units[unit];
            for (var c = 0; c < channels; c++) target[c] = encoded[(c * encoder.Units) + (int)(unit - first)];
        }

        encodedUnits = available;
    }

    void Prepare()
    {
        var first = frames - span;
        for (var t = 0; t < span; t++)
        {
            var frame = first + t;
            // As UnitAlignment's nearest unit, counted from the stream's beginning.
            var unit = units[Math.Min(Math.Max(0, frame * hop * 50 / rate), Math.Max(0, encodedUnits - 1))];
            for (var c = 0; c < channels; c++) content.Floats[(c * span) + t] = unit[c];

            // Frames ahead of the tracker have the last pitch known.
            var pitch = pitches[Math.Min(frame, tracked - 1)];
            voiced.Longs[t] = (long)pitch[1];
            coarse.Longs[t] = CoarsePitch.Row(pitch[0]);
            if (volume is not null) volume.Floats[t] = Volume(frame);
        }

        noise.CopyTo(first, span, priorNoise.Floats);
        for (var t = 0; t < window; t++)
        {
            var frame = frames - window + t;
            var target = excitation.Floats.Slice(t * hop, hop);
            if (frame < tracked) source[frame].CopyTo(target);
            else harmonics.Guess(lastPitch, (int)(frame - tracked), target);
        }
    }

    /// <summary>The root mean square of the hop around a frame's beginning, as <see cref="Loudness.Volume"/> has it.</summary>
    float Volume(long frame)
    {
        var energy = 0f;
        for (var at = (frame * hop) - (hop / 2); at < (frame * hop) + (hop / 2); at++)
        {
            var value = at >= 0 && at < samples ? wave[at][0] : 0;
            energy += value * value;
        }

        return MathF.Sqrt(energy / hop);
    }
}
