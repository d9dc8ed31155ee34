namespace MultiModal.Voice.Pitch;

/// <summary>
/// Dio: M. Morise, H. Kawahara, H. Katayose, "Fast and reliable F0 estimation method based on the period extraction of vocal fold vibration of singing
/// voice and speech", AES 35, 2009. The fastest estimator here; needs no model file; not for noisy sound.
/// </summary>
public sealed class DioPitch : IPitchEstimator
{
    const double Cutoff = 50;
    const double ChannelsInOctave = 2;
    const double AllowedRange = 0.1;

    readonly WorldPitchOptions options;

    /// <summary>Makes the estimator.</summary>
    /// <param name="options">Its parameters; so-vits-svc's when null.</param>
    public DioPitch(WorldPitchOptions? options = null)
    {
        this.options = options ?? new();
        if (this.options.Range.Floor == 0)
            throw new ArgumentException("The range of pitches was never given.", nameof(options));
    }

    /// <inheritdoc/>
    public string Name => "dio";

    /// <inheritdoc/>
    public PitchCurve Estimate(ReadOnlySpan<float> samples, PitchRequest request)
    {
        var frames = request.FramesFor(samples.Length);
        var (times, hertz) = Analyse(samples, request.SampleRate, 1000.0 * request.Hop / request.SampleRate);
        if (options.Refine)
            hertz = StoneMask.Refine(samples, request.SampleRate, times, hertz);
        return WorldPitch.Finish(hertz, frames, options.RoundToTenths ?? true);
    }

    /// <summary>The pitch as WORLD's Dio gives it, before refinement.</summary>
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
        var (floor, ceiling) = (options.Range.Floor, Math.Min(options.Range.Ceiling, sampleRate / 2.0));
        var bands = 1 + (int)(Math.Log(ceiling / floor) / 0.69314718055994529 * ChannelsInOctave);
        var cut = WorldSignal.Round(sampleRate / Cutoff);
        var signal = RemoveLow(samples, cut);
        var convolution = new BlockConvolution(signal, 4 * HalfLength(sampleRate, Boundary(floor, 0)), signal.Length + (2 * HalfLength(sampleRate, Boundary(floor, 0))));
        var crossings = new ZeroCrossings(sampleRate);
        var filtered = new double[samples.Length + 1];
        var candidates = new double[bands][];
        var scores = new double[bands][];
        for (var band = 0; band < bands; band++)
        {
            var boundary = Boundary(floor, band);
            var half = HalfLength(sampleRate, boundary);
            convolution.Filter(Nuttall(4 * half), (2 * half) + cut, filtered);
            (candidates[band], scores[band]) = Judge(crossings.Frequencies(filtered, times), times.Length, boundary, floor, ceiling);
        }

        return (times, new DioContour(candidates, AllowedRange).Find(scores, (int)(0.5 + (1000 / framePeriodMs / floor))));
    }

    static double Boundary(double floor, int band) => floor * Math.Pow(2, (band + 1) / ChannelsInOctave);

    static int HalfLength(double rate, double boundary) => Math.Max(1, WorldSignal.Round(rate / boundary / 2));

    /// <summary>The signal without its mean and what lies below 50 Hz (a Hann average subtracted); it begins <paramref name="cut"/> samples early.</summary>
    static double[] RemoveLow(ReadOnlySpan<float> samples, int cut)
    {
        // One sample longer than the sound, as in WORLD; it counts in the mean.
        var padded = new double[samples.Length + 1];
        FiniteSamples.ToDouble(samples).CopyTo(padded, 0);
        var mean = padded.Sum() / padded.Length;
        for (var i = 0; i < padded.Length; i++)
            padded[i] -= mean;
        var filter = new double[(2 * cut) + 1];
        for (var i = 0; i < filter.Length; i++)
            filter[i] = 0.5 - (0.5 * Math.Cos((i + 1) * 2 * Math.PI / (filter.Length + 1)));
        var sum = filter.Sum();
        for (var i = 0; i < filter.Length; i++)
            filter[i] /= -sum;
        filter[cut] += 1;
        var result = new double[padded.Length + (2 * cut)];
        new BlockConvolution(padded, filter.Length, result.Length).Filter(filter, 0, result);
        return result;
    }

    /// <summary>The mean of the four ways to count, and their disagreement; nothing where it lies outside the band.</summary>
    static (double[] Hertz, double[] Scores) Judge(double[][]? ways, int frames, double boundary, double floor, double ceiling)
    {
        const double worst = 100000;
        var (hertz, scores) = (new double[frames], new double[frames]);
        for (var i = 0; i < frames; i++)
        {
            var (mean, deviation) = (0.0, worst);
            if (ways is not null)
            {
                mean = (ways[0][i] + ways[1][i] + ways[2][i] + ways[3][i]) / 4;
                var squares = 0.0;
                foreach (var way in ways)
                    squares += (way[i] - mean) * (way[i] - mean);
                deviation = Math.Sqrt(squares / 3);
                if (!(mean <= boundary && mean >= boundary / 2 && mean <= ceiling && mean >= floor))
                    (mean, deviation) = (0, worst);
            }

            hertz[i] = mean;
            scores[i] = deviation / (mean + 1e-12);
        }

        return (hertz, scores);
    }

    internal static double[] Nuttall(int length)
    {
        var window = new double[length];
        for (var i = 0; i < length; i++)
        {
            var angle = 2 * Math.PI * i / (length - 1.0);
            window[i] = 0.355768 - (0.487396 * Math.Cos(angle)) + (0.144232 * Math.Cos(2 * angle)) - (0.012604 * Math.Cos(3 * angle));
        }

        return window;
    }
}
