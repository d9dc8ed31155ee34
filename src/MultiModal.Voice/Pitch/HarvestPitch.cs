namespace MultiModal.Voice.Pitch;

/// <summary>
/// Harvest: M. Morise, "Harvest: a high-performance fundamental frequency estimator from speech signals", Interspeech 2017. Finds more voiced frames than
/// Dio and is slower; needs no model file. Takes a few megabytes of memory for a second of sound.
/// </summary>
public sealed class HarvestPitch : IPitchEstimator
{
    const double TargetRate = 8000;
    const double ChannelsInOctave = 40;

    readonly WorldPitchOptions options;

    /// <summary>Makes the estimator.</summary>
    /// <param name="options">Its parameters; so-vits-svc's when null.</param>
    public HarvestPitch(WorldPitchOptions? options = null)
    {
        this.options = options ?? new();
        if (this.options.Range.Floor == 0)
            throw new ArgumentException("The range of pitches was never given.", nameof(options));
    }

    /// <inheritdoc/>
    public string Name => "harvest";

    /// <inheritdoc/>
    public PitchCurve Estimate(ReadOnlySpan<float> samples, PitchRequest request)
    {
        var frames = request.FramesFor(samples.Length);
        var (times, hertz) = Analyse(samples, request.SampleRate, 1000.0 * request.Hop / request.SampleRate);
        if (options.Refine)
            hertz = StoneMask.Refine(samples, request.SampleRate, times, hertz);
        return WorldPitch.Finish(hertz, frames, options.RoundToTenths ?? false);
    }

    /// <summary>The pitch as WORLD's Harvest gives it, before refinement.</summary>
    /// <param name="samples">The samples of one channel.</param>
    /// <param name="sampleRate">Their rate, in Hz.</param>
    /// <param name="framePeriodMs">From frame to frame, in milliseconds.</param>
    /// <returns>The time of each frame in seconds, and its pitch in Hz, 0 where it is unvoiced.</returns>
    public (double[] Times, double[] Hertz) Analyse(ReadOnlySpan<float> samples, int sampleRate, double framePeriodMs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleRate, 1000);
        if (!(framePeriodMs > 0 && double.IsFinite(framePeriodMs)))
            throw new ArgumentOutOfRangeException(nameof(framePeriodMs), framePeriodMs, "The period is a positive number of milliseconds.");
        var times = WorldPitch.Times(WorldPitch.FrameCount(samples.Length, sampleRate, framePeriodMs), framePeriodMs);
        if (samples.IsEmpty)
            return (times, new double[times.Length]);

        // Works every millisecond; the frames wanted are picked from that.
        var basic = EveryMillisecond(samples, sampleRate);
        var hertz = new double[times.Length];
        for (var i = 0; i < hertz.Length; i++)
            hertz[i] = basic[Math.Min(basic.Length - 1, WorldSignal.Round(times[i] * 1000))];
        return (times, hertz);
    }

    double[] EveryMillisecond(ReadOnlySpan<float> samples, int sampleRate)
    {
        var ratio = Math.Clamp(WorldSignal.Round(sampleRate / TargetRate), 1, 12);
        var rate = (double)sampleRate / ratio;
        var signal = Reduce(FiniteSamples.ToDouble(samples), ratio);
        var times = WorldPitch.Times(WorldPitch.FrameCount(samples.Length, sampleRate, 1), 1);
        var ceiling = Math.Min(options.Range.Ceiling, rate / 2);
        var candidates = new HarvestCandidates(signal, rate, options.Range.Floor, ceiling, ChannelsInOctave).Find(times);
        candidates.Refine(signal, rate, times, options.Range.Floor, ceiling);
        return HarvestSmoothing.Smooth(new HarvestContour(candidates).Find());
    }

    /// <summary>The signal at about 8 kHz without its mean. Both ends are held for a while, so that the filter settles outside.</summary>
    static double[] Reduce(double[] x, int ratio)
    {
        var y = x;
        if (ratio > 1)
        {
            var lag = (int)Math.Ceiling(140.0 / ratio) * ratio;
            var extended = new double[x.Length + (2 * lag)];
            extended.AsSpan(0, lag).Fill(x[0]);
            x.CopyTo(extended, lag);
            extended.AsSpan(lag + x.Length).Fill(x[^1]);
            var count = (int)Math.Ceiling((double)x.Length / ratio);
            y = WorldSignal.Decimate(extended, ratio).AsSpan(lag / ratio, count).ToArray();
        }

        var mean = y.Sum() / y.Length;
        for (var i = 0; i < y.Length; i++)
            y[i] -= mean;
        return y;
    }
}
