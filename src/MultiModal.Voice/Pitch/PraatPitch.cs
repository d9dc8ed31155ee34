namespace MultiModal.Voice.Pitch;

/// <summary>
/// Praat's pitch by autocorrelation, "pm" in so-vits-svc: P. Boersma, "Accurate short-term analysis of the fundamental frequency and the
/// harmonics-to-noise ratio of a sampled sound", Proceedings of the Institute of Phonetic Sciences 17, 1993. Needs no model file; good on clean voices.
/// </summary>
public sealed class PraatPitch : IPitchEstimator
{
    readonly PraatPitchOptions options;

    /// <summary>Makes the estimator.</summary>
    /// <param name="options">Its parameters; so-vits-svc's when null.</param>
    /// <exception cref="ArgumentException">There are fewer than two candidates.</exception>
    public PraatPitch(PraatPitchOptions? options = null)
    {
        this.options = options ?? new();
        if (this.options.MaxCandidates < 2)
            throw new ArgumentException("At least 2 candidates are needed.", nameof(options));
        if (this.options.Range.Floor == 0)
            throw new ArgumentException("The range of pitches was never given.", nameof(options));
    }

    /// <inheritdoc/>
    public string Name => "pm";

    /// <inheritdoc/>
    /// <remarks>A sound shorter than three periods of the floor (60 ms at 50 Hz) is too short to analyse and is unvoiced.</remarks>
    public PitchCurve Estimate(ReadOnlySpan<float> samples, PitchRequest request)
    {
        var frames = request.FramesFor(samples.Length);
        var analysed = Analyse(samples, request.SampleRate, (double)request.Hop / request.SampleRate);

        // Praat's frames lie in the middle of the sound; so-vits-svc puts as many zeros before them as after, one more before where it is odd.
        var before = (int)Math.Floor((frames - analysed.Hertz.Length + 1) / 2.0);
        var hertz = new float[frames];
        for (var i = 0; i < analysed.Hertz.Length; i++)
        {
            var at = i + Math.Max(0, before);
            if (at < frames)
                hertz[at] = (float)analysed.Hertz[i];
        }

        return PitchCurve.WithSingleFrameQuirk(hertz);
    }

    /// <summary>The frames as Praat places them: as many as fit, around the middle of the sound.</summary>
    /// <param name="samples">The samples of one channel.</param>
    /// <param name="sampleRate">Their rate, in Hz.</param>
    /// <param name="timeStep">From frame to frame, in seconds.</param>
    /// <returns>The time of each frame in seconds, and its pitch in Hz, 0 where it is unvoiced.</returns>
    public (double[] Times, double[] Hertz) Analyse(ReadOnlySpan<float> samples, int sampleRate, double timeStep)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleRate, 1000);
        if (!(timeStep > 0 && double.IsFinite(timeStep)))
            throw new ArgumentOutOfRangeException(nameof(timeStep), timeStep, "The time step is a positive number of seconds.");
        var signal = FiniteSamples.ToDouble(samples);
        var analysis = new PraatFrameAnalysis(signal, sampleRate, options);
        var duration = signal.Length / (double)sampleRate;
        if (!analysis.IsPossible)
            return ([], []);

        var count = (int)Math.Floor((duration - analysis.WindowDuration) / timeStep) + 1;
        var first = (0.5 * duration) - (0.5 * count * timeStep) + (0.5 * timeStep);
        var times = new double[count];
        var frames = new PraatFrame[count];
        for (var i = 0; i < count; i++)
        {
            times[i] = first + (i * timeStep);
            frames[i] = analysis.Analyse(times[i]);
        }

        return (times, PraatPathFinder.Find(frames, timeStep, analysis.Ceiling, options));
    }
}
