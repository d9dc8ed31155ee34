using System.Numerics;
using MultiModal.Voice.Signal;

namespace MultiModal.Voice.Pitch;

/// <summary>The candidates of single frames: Boersma 1993, sections 3.1 to 3.8. For one thread.</summary>
sealed class PraatFrameAnalysis
{
    const double PeriodsPerWindow = 3;
    const int RoughDepth = 30;
    const int FineDepth = 70;

    readonly double[] signal;
    readonly PraatPitchOptions options;
    readonly double step;                 // seconds a sample
    readonly int period;                  // the longest, in samples
    readonly int halfWindow;
    readonly int maxLag;
    readonly int maxInterpolatedLag;
    readonly int maxCandidates;
    readonly double globalPeak;
    readonly double[] window = [];
    readonly double[] windowCorrelation = [];
    readonly RealFft? fft;
    readonly double[] frame = [];
    readonly double[] re = [];
    readonly double[] im = [];
    readonly double[] correlation = [];   // of lags -max ... max
    readonly SincInterpolation rough = new(RoughDepth);
    readonly SincInterpolation fine = new(FineDepth);
    readonly List<(double Hertz, double Strength, int Lag)> candidates = [];

    internal PraatFrameAnalysis(double[] signal, int sampleRate, PraatPitchOptions options)
    {
        this.signal = signal;
        this.options = options;
        step = 1.0 / sampleRate;
        var floor = options.Range.Floor;
        Ceiling = Math.Min(options.Range.Ceiling, 0.5 / step);
        WindowDuration = PeriodsPerWindow / floor;
        period = (int)Math.Floor(1 / step / floor);
        halfWindow = ((int)Math.Floor(WindowDuration / step) / 2) - 1;
        IsPossible = halfWindow >= 2 && floor >= PeriodsPerWindow / (step * signal.Length) && Ceiling > floor;
        if (!IsPossible)
            return;

        var windowLength = 2 * halfWindow;
        maxLag = Math.Min((int)Math.Floor(windowLength / PeriodsPerWindow) + 2, windowLength);
        maxInterpolatedLag = windowLength / 2;
        maxCandidates = Math.Max(options.MaxCandidates, (int)Math.Floor(options.Range.Ceiling / floor));
        var mean = signal.Sum() / signal.Length;
        foreach (var sample in signal)
            globalPeak = Math.Max(globalPeak, Math.Abs(sample - mean));

        // Zeros after the window, so that lags up to half of it do not wrap round.
        fft = new((int)BitOperations.RoundUpToPowerOf2((uint)Math.Ceiling(windowLength * 1.5)));
        frame = new double[fft.Length];
        re = new double[fft.BinCount];
        im = new double[fft.BinCount];
        correlation = new double[(2 * maxInterpolatedLag) + 1];
        window = new double[windowLength];
        for (var i = 0; i < windowLength; i++)
            window[i] = 0.5 - (0.5 * Math.Cos((i + 1) * 2 * Math.PI / (windowLength + 1)));
        window.CopyTo(frame, 0);
        Autocorrelate(windowLength);
        windowCorrelation = frame.AsSpan(0, maxInterpolatedLag + 1).ToArray();
        for (var lag = windowCorrelation.Length - 1; lag >= 0; lag--)
            windowCorrelation[lag] /= windowCorrelation[0];
    }

    /// <summary>Whether the sound is long enough for one frame.</summary>
    internal bool IsPossible { get; }

    /// <summary>The window's length in seconds: three periods of the floor.</summary>
    internal double WindowDuration { get; }

    /// <summary>The highest pitch, limited to half the sample rate.</summary>
    internal double Ceiling { get; }

    /// <summary>Finds the candidates of the frame at a time in seconds.</summary>
    internal PraatFrame Analyse(double time)
    {
        if (globalPeak == 0)
            return new(0, [0], [0]);
        var intensity = LoadFrame(time);
        candidates.Clear();
        candidates.Add((0, 0, 0));
        if (intensity > 0)
        {
            Autocorrelate(window.Length);
            Normalise();
            FindMaxima();
            Refine();
        }

        return new(Math.Min(intensity, 1), [.. candidates.Select(c => c.Hertz)], [.. candidates.Select(c => c.Strength)]);
    }

    /// <summary>Windows the samples around a time, without their mean over two of the longest periods.</summary>
    /// <returns>The peak within the longest period, relative to the sound's.</returns>
    double LoadFrame(double time)
    {
        // Sample i lies at (i + 1/2) / rate; the frame's middle lies between this one and the next.
        var left = (int)Math.Floor((time - (0.5 * step)) / step);
        var mean = 0.0;
        for (var i = left + 1 - period; i <= left + period; i++)
            mean += Sample(i);
        mean /= 2 * period;
        var start = left + 1 - halfWindow;
        for (var i = 0; i < window.Length; i++)
            frame[i] = (Sample(start + i) - mean) * window[i];
        var half = (period / 2) + 1;
        var peak = 0.0;
        for (var i = Math.Max(0, halfWindow - half); i < Math.Min(window.Length, halfWindow + half); i++)
            peak = Math.Max(peak, Math.Abs(frame[i]));
        return peak / globalPeak;
    }

    double Sample(int index) => (uint)index < (uint)signal.Length ? signal[index] : 0;

    /// <summary>Replaces the frame by its autocorrelation: the inverse transform of its power spectrum.</summary>
    void Autocorrelate(int length)
    {
        fft!.Forward(frame.AsSpan(0, length), re, im);
        for (var k = 0; k < re.Length; k++)
            re[k] = (re[k] * re[k]) + (im[k] * im[k]);
        im.AsSpan().Clear();
        fft.Inverse(re, im, frame);
    }

    /// <summary>Divides by the value at lag zero and by the window's own autocorrelation, equation 9.</summary>
    void Normalise()
    {
        correlation[maxInterpolatedLag] = 1;
        for (var lag = 1; lag <= maxInterpolatedLag; lag++)
            correlation[maxInterpolatedLag + lag] = correlation[maxInterpolatedLag - lag] = frame[lag] / (frame[0] * windowCorrelation[lag]);
    }

    void FindMaxima()
    {
        var r = correlation.AsSpan(maxInterpolatedLag);
        for (var lag = 2; lag < maxLag && lag < maxInterpolatedLag; lag++)
        {
            if (!(r[lag] > 0.5 * options.VoicingThreshold && r[lag] > r[lag - 1] && r[lag] >= r[lag + 1]))
                continue;
            var slope = 0.5 * (r[lag + 1] - r[lag - 1]);
            var curvature = (2 * r[lag]) - r[lag - 1] - r[lag + 1];
            var position = lag + (slope / curvature);
            Offer(1 / step / position, Reflect(rough.At(correlation, maxInterpolatedLag, position)), lag);
        }
    }

    /// <summary>Keeps a candidate where there is a place, or where it is stronger than the weakest; high pitches count for a little more.</summary>
    void Offer(double hertz, double strength, int lag)
    {
        if (candidates.Count < maxCandidates)
        {
            candidates.Add((hertz, strength, lag));
            return;
        }

        var (weakest, place) = (2.0, -1);
        for (var i = 1; i < candidates.Count; i++)
        {
            var local = Local(candidates[i].Hertz, candidates[i].Strength);
            if (local < weakest)
                (weakest, place) = (local, i);
        }

        if (place > 0 && Local(hertz, strength) > weakest)
            candidates[place] = (hertz, strength, lag);
    }

    double Local(double hertz, double strength) => strength - (options.OctaveCost * Math.Log2(options.Range.Floor / hertz));

    /// <summary>Moves every candidate to the maximum of the interpolated autocorrelation.</summary>
    void Refine()
    {
        for (var i = 1; i < candidates.Count; i++)
        {
            var lag = candidates[i].Lag;
            var best = BrentMinimum.Find(x => -fine.At(correlation, maxInterpolatedLag, x), lag - 1, lag + 1, 1e-10);
            candidates[i] = (1 / step / best.Position, Reflect(-best.Value), lag);
        }
    }

    /// <summary>Short windows give values above 1; they are reflected about it.</summary>
    static double Reflect(double strength) => strength > 1 ? 1 / strength : strength;
}
