using System.Diagnostics;
using MultiModal.Audio;
using MultiModal.Runtime.Sessions;
using MultiModal.Voice.Conversion;
using MultiModal.Voice.Signal;

namespace MultiModal.Voice.Streaming;

/// <summary>
/// A voice converted in real time: a block of samples in, a block out. Made by <see cref="VoiceModel.OpenStreamAsync"/>. For one caller at a time.
/// </summary>
/// <remarks>
/// After the first blocks nothing is allocated (with a content encoder of the HuBERT family). Pitch is found by autocorrelation as sound
/// arrives; <see cref="StreamPitch"/> says how.
/// </remarks>
public sealed class VoiceStream : IDisposable
{
    readonly StreamEngine engine;
    readonly StreamResampler toModel, to16, fromModel;
    readonly float[] finite, atModel, at16, converted, atOutput;
    readonly SampleFifo waiting;
    readonly TimeHistogram times;
    readonly TimeSpan blockTime;
    readonly float gate;
    readonly int prefill;
    long late, invalidSamples, silent;
    double transpose;
    bool disposed;

    VoiceStream(StreamEngine engine, VoiceStreamOptions options, int modelRate, int hop)
    {
        this.engine = engine;
        (SampleRate, BlockLength) = (options.SampleRate, options.Block);
        Transpose = options.Transpose;
        gate = MathF.Pow(10, (float)options.GateDb / 20);
        toModel = new Resampler(SampleRate, modelRate).CreateStream();
        to16 = new Resampler(SampleRate, 16000).CreateStream();
        fromModel = new Resampler(modelRate, SampleRate).CreateStream();
        finite = new float[BlockLength];
        atModel = new float[toModel.MaxOutputLength(BlockLength)];
        at16 = new float[to16.MaxOutputLength(BlockLength)];
        converted = new float[engine.MaxFrames * hop];
        atOutput = new float[fromModel.MaxOutputLength(converted.Length)];

        // What may be on its way when a block is due: a frame not yet full, and what both resamplers hold.
        var ratio = SampleRate / (double)modelRate;
        prefill = modelRate == SampleRate && BlockLength % hop == 0 ? 0 : (int)Math.Ceiling(((hop + fromModel.Lookahead) * ratio) + toModel.Lookahead) + 4;
        waiting = new(prefill + (4 * BlockLength) + (4 * atOutput.Length));
        blockTime = TimeSpan.FromSeconds(BlockLength / (double)SampleRate);
        times = new(blockTime);
        AlgorithmicLatency = blockTime + TimeSpan.FromSeconds((prefill / (double)SampleRate) + (engine.Delay / (double)modelRate));
        Fill();
    }

    /// <summary>The rate of what comes in and goes out, in Hz.</summary>
    public int SampleRate { get; }

    /// <summary>Samples of a block.</summary>
    public int BlockLength { get; }

    /// <summary>
    /// The time from a sample's arrival to its sounding converted if processing took none: gathering a block, look-ahead, fade and search. The time of
    /// processing (<see cref="Statistics"/>) and that of the audio devices come on top.
    /// </summary>
    public TimeSpan AlgorithmicLatency { get; }

    /// <summary>Semitones the pitch is moved by; can be changed between blocks.</summary>
    public double Transpose
    {
        get => transpose;
        set
        {
            if (!(value is >= -60 and <= 60)) throw new ArgumentOutOfRangeException(nameof(value), value, "The interval is from -60 to 60 semitones.");
            transpose = value;
            engine.PitchFactor = (float)Math.Pow(2, value / 12);
        }
    }

    /// <summary>Whether blocks go through unchanged and at once; can be changed between blocks. False by default.</summary>
    public bool Passthrough { get; set; }

    /// <summary>What keeps the model loaded while the stream is open; disposed with it. Null where the caller owns the model.</summary>
    internal IDisposable? Lease { get; set; }

    /// <summary>How the stream has done so far.</summary>
    public VoiceStreamStatistics Statistics => new(times.Count, late, invalidSamples, silent, times.Percentile(0.5), times.Percentile(0.99), times.Longest);

    /// <summary>Converts a block.</summary>
    /// <param name="input">The newest <see cref="BlockLength"/> samples, one channel. NaN and infinities are replaced by silence and counted.</param>
    /// <param name="output">Room for as many.</param>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    /// <exception cref="ObjectDisposedException">The stream was disposed.</exception>
    public void Process(ReadOnlySpan<float> input, Span<float> output)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (input.Length != BlockLength || output.Length != BlockLength)
            throw new ArgumentException($"A block has {BlockLength} samples, not {input.Length} in and {output.Length} out.");
        var started = Stopwatch.GetTimestamp();
        input.CopyTo(finite);
        invalidSamples += NonFinite.Silence(finite);
        engine.Arrive16(at16.AsSpan(0, to16.Process(finite, at16)));
        engine.Arrive(atModel.AsSpan(0, toModel.Process(finite, atModel)));
        if (Passthrough) Skip(output);
        else Convert(output);
        var elapsed = Stopwatch.GetElapsedTime(started);
        times.Add(elapsed);
        if (elapsed > blockTime) late++;
        VoiceTelemetry.Block(elapsed, elapsed > blockTime);
    }

    /// <summary>Forgets the past, as for another sound. Statistics stay.</summary>
    public void Reset()
    {
        engine.Reset();
        toModel.Reset();
        to16.Reset();
        fromModel.Reset();
        waiting.Clear();
        Fill();
    }

    /// <summary>Lets go of the networks' memory.</summary>
    public void Dispose()
    {
        if (disposed) return;
        disposed = true;
        engine.Dispose();
        Lease?.Dispose();
    }

    internal static async Task<VoiceStream> OpenAsync(VoiceModel model, VoiceStreamOptions options, CancellationToken cancellationToken)
    {
        options.Validate();
        var speaker = model.Choose(new() { Speaker = options.Speaker, Mix = options.Mix });
        if (model.Synthesizer is not { } synthesizer)
            throw new VoiceConversionException("A model of diffusion alone cannot run in real time: it needs a generator (G_*.pth).");
        var config = synthesizer.Config;
        var prior = await synthesizer.PriorAsync(new(false, config.VolumeEmbedding, false), cancellationToken).ConfigureAwait(false);
        var hop = config.Decoder.Hop;
        // A block has a whole number of frames or one more than the last.
        var frames = ((int)(options.Block * (long)model.SampleRate / options.SampleRate) / hop) + 1;
        var decoder = await synthesizer.DecoderAsync(false, false, StreamEngine.Window(options, synthesizer, frames), cancellationToken).ConfigureAwait(false);
        var engine = new StreamEngine(synthesizer, model.Encoder, options, speaker, prior.CreateBinding(), decoder.CreateBinding(), frames, config.VolumeEmbedding);
        var stream = new VoiceStream(engine, options, model.SampleRate, hop);
        try
        {
            await Task.Run(stream.WarmUp, cancellationToken).ConfigureAwait(false);
            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Runs everything once, so that the first real block is not slow: memory is touched, code compiled.</summary>
    void WarmUp()
    {
        var (tone, output) = (new float[BlockLength], new float[BlockLength]);
        for (var i = 0; i < tone.Length; i++) tone[i] = 0.1f * MathF.Sin(2 * MathF.PI * 200 * i / SampleRate);
        for (var i = 0; i < 3; i++)
        {
            engine.Arrive16(at16.AsSpan(0, to16.Process(tone, at16)));
            engine.Arrive(atModel.AsSpan(0, toModel.Process(tone, atModel)));
            Convert(output);
        }

        (invalidSamples, silent) = (0, 0);
        Reset();
    }

    void Convert(Span<float> output)
    {
        var ran = false;
        while (engine.Pending > 0)
        {
            var count = Math.Min(engine.Pending, engine.MaxFrames);
            var block = converted.AsSpan(0, count * (converted.Length / engine.MaxFrames));
            ran |= engine.Step(count, gate, block, out var invalid);
            invalidSamples += invalid;
            waiting.Write(atOutput.AsSpan(0, fromModel.Process(block, atOutput)));
        }

        if (!ran) silent++;
        waiting.Read(output);
    }

    /// <summary>The input as it is; what waited to be played is dropped, and the conversion goes on from silence.</summary>
    void Skip(Span<float> output)
    {
        finite.CopyTo(output);
        Reset();
    }

    void Fill()
    {
        for (var left = prefill; left > 0; left -= atOutput.Length)
        {
            var zeros = atOutput.AsSpan(0, Math.Min(left, atOutput.Length));
            zeros.Clear();
            waiting.Write(zeros);
        }
    }
}
