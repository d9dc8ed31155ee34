using MultiModal.Voice.Signal;

namespace MultiModal.Voice.Streaming;

/// <summary>
/// Pitch frame by frame as sound arrives: candidates by normalised autocorrelation (Boersma 1993, sections 3.1 to 3.6), the path through them
/// found forwards only. Nothing is allocated once it is made.
/// </summary>
/// <remarks>It hears at 16 kHz and looks at three of the longest periods around a frame, 60 ms, of which 30 lie in the future.</remarks>
sealed class StreamPitch
{
    const int Rate = 16000;
    const double Floor = 50, Ceiling = 1100;
    const int Window = 960;
    const int MaxCandidates = 16;

    // Praat's parameters as So-VITS-SVC sets them; costs are for frames 10 ms apart.
    const double VoicingThreshold = 0.6, OctaveCost = 0.01, OctaveJumpCost = 0.35, VoicingCost = 0.14;
    const double QuietPeak = 0.003;

    readonly RealFft fft = new(2048);
    readonly double[] window = new double[Window], windowCorrelation = new double[Window / 2];
    readonly double[] frame = new double[2048], re, im;
    readonly double[] hertz = new double[MaxCandidates], scores = new double[MaxCandidates];
    readonly double[] lastHertz = new double[MaxCandidates], lastScores = new double[MaxCandidates];
    readonly double jumpCost, voicingCost;
    int lastCount;

    /// <summary>Makes the estimator.</summary>
    /// <param name="frameSeconds">From frame to frame.</param>
    public StreamPitch(double frameSeconds)
    {
        re = new double[fft.BinCount];
        im = new double[fft.BinCount];
        (jumpCost, voicingCost) = (OctaveJumpCost * 0.01 / frameSeconds, VoicingCost * 0.01 / frameSeconds);
        for (var i = 0; i < Window; i++) window[i] = frame[i] = 0.5 - (0.5 * Math.Cos((i + 1) * 2 * Math.PI / (Window + 1)));
        Autocorrelate();
        for (var lag = windowCorrelation.Length - 1; lag >= 0; lag--) windowCorrelation[lag] = frame[lag] / frame[0];
    }

    /// <summary>Samples around a frame's middle that <see cref="Next"/> takes.</summary>
    public static int Length => Window;

    /// <summary>The pitch of the next frame in Hz; 0 where it is unvoiced.</summary>
    /// <param name="samples">The samples around it, at 16 kHz.</param>
    public float Next(ReadOnlySpan<float> samples)
    {
        var count = Candidates(samples);
        var (best, at) = (double.NegativeInfinity, 0);
        for (var to = 0; to < count; to++)
        {
            var from = double.NegativeInfinity;
            for (var i = 0; i < lastCount; i++)
            {
                var cost = hertz[to] > 0 != lastHertz[i] > 0 ? voicingCost : hertz[to] > 0 ? jumpCost * Math.Abs(Math.Log2(lastHertz[i] / hertz[to])) : 0;
                from = Math.Max(from, lastScores[i] - cost);
            }

            if (lastCount > 0) scores[to] += from;
            if (scores[to] > best) (best, at) = (scores[to], to);
        }

        // Only differences count; the sum would grow for ever.
        for (var i = 0; i < count; i++) (lastHertz[i], lastScores[i]) = (hertz[i], scores[i] - best);
        lastCount = count;
        return (float)hertz[at];
    }

    /// <summary>Forgets the path.</summary>
    public void Reset() => lastCount = 0;

    int Candidates(ReadOnlySpan<float> samples)
    {
        var (mean, peak) = (0.0, 0.0);
        for (var i = Window / 6; i < Window * 5 / 6; i++) mean += samples[i];
        mean /= Window * 2 / 3;
        for (var i = 0; i < Window; i++)
        {
            var value = samples[i] - mean;
            if (i >= Window / 3 && i < Window * 2 / 3) peak = Math.Max(peak, Math.Abs(value));
            frame[i] = value * window[i];
        }

        (hertz[0], scores[0]) = (0, VoicingThreshold + Math.Max(0, 2 - (peak / QuietPeak)));
        if (peak < 1e-6) return 1;
        frame.AsSpan(Window).Clear();
        Autocorrelate();
        var count = 1;
        var zero = frame[0];
        if (!(zero > 0)) return 1;
        for (var lag = 0; lag < windowCorrelation.Length; lag++) frame[lag] /= zero * windowCorrelation[lag];
        for (var lag = (int)(Rate / Ceiling); lag <= (int)(Rate / Floor) && lag + 1 < windowCorrelation.Length; lag++)
        {
            var (before, here, after) = (frame[lag - 1], frame[lag], frame[lag + 1]);
            if (!(here > 0.5 * VoicingThreshold && here > before && here >= after)) continue;
            var (slope, curvature) = (0.5 * (after - before), (2 * here) - before - after);
            var strength = here + (0.5 * slope * slope / curvature);
            var pitch = Rate / (lag + (slope / curvature));
            if (pitch is < Floor or > Ceiling) continue;
            if (strength > 1) strength = 1 / strength;
            count = Offer(count, pitch, strength - (OctaveCost * Math.Log2(Ceiling / pitch)));
        }

        return count;
    }

    int Offer(int count, double pitch, double score)
    {
        var place = count;
        if (count == MaxCandidates)
        {
            place = 1;
            for (var i = 2; i < count; i++)
                if (scores[i] < scores[place]) place = i;
            if (scores[place] >= score) return count;
        }

        (hertz[place], scores[place]) = (pitch, score);
        return Math.Max(count, place + 1);
    }

    void Autocorrelate()
    {
        fft.Forward(frame, re, im);
        for (var k = 0; k < re.Length; k++) re[k] = (re[k] * re[k]) + (im[k] * im[k]);
        im.AsSpan().Clear();
        fft.Inverse(re, im, frame);
    }
}
