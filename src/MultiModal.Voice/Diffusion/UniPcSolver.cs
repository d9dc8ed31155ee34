namespace MultiModal.Voice.Diffusion;

/// <summary>
/// UniPC of second order: a predictor and, with the network's answer to it, a corrector, which costs no further question (Zhao et al. 2023, "UniPC",
/// algorithms 1 and 2, with B(h) = e^h - 1 and the signal extrapolated).
/// </summary>
/// <param name="schedule">The schedule the network was trained with.</param>
/// <param name="denoise">The network.</param>
/// <param name="progress">Told the part that is done; null for nobody.</param>
sealed class UniPcSolver(DiffusionSchedule schedule, Denoiser denoise, IProgress<double>? progress)
{
    /// <inheritdoc cref="DpmSolver.SolveAsync"/>
    public async Task<float[]> SolveAsync(float[] x, int noiseSteps, int count, CancellationToken cancellationToken)
    {
        count = Math.Max(1, count);
        var times = schedule.Times(noiseSteps, count, clip: false);
        var current = await SignalAsync(x, times[0], cancellationToken).ConfigureAwait(false);
        float[]? before = null;
        for (var i = 1; i <= count; i++)
        {
            var (from, to) = (schedule.At(times[i - 1]), schedule.At(times[i]));
            var h = to.Lambda - from.Lambda;
            // The last step is of first order, as the first is, and is not corrected.
            var second = before is not null && i < count;
            var ratio = second ? (schedule.At(times[i - 2]).Lambda - from.Lambda) / h : 0;
            var b = Math.Exp(-h) - 1;
            MelSampling.Combine(x, (float)(to.Sigma / from.Sigma), current, (float)(-to.Alpha * b));
            if (i == count) return x;

            var predicted = (float[])x.Clone();
            if (second) AddSlope(predicted, current, before!, -to.Alpha * b * 0.5 / ratio);
            var answer = await SignalAsync(predicted, times[i], cancellationToken).ConfigureAwait(false);
            var (ofOld, ofNew) = second ? Weights(-h, ratio) : (0, 0.5);
            if (second) AddSlope(x, current, before!, -to.Alpha * b * ofOld / ratio);
            AddSlope(x, current, answer, -to.Alpha * b * ofNew);
            (before, current) = (current, answer);
            progress?.Report(i / (double)count);
        }

        return x;
    }

    /// <summary>The corrector's weights of the slopes to the earlier and to the new value: those that are exact for two derivatives.</summary>
    static (double OfOld, double OfNew) Weights(double h, double ratio)
    {
        var b = Math.Exp(h) - 1;
        var phi1 = (b / h) - 1;
        var (first, second) = (phi1 / b, 2 * ((phi1 / h) - 0.5) / b);
        var ofOld = (first - second) / (1 - ratio);
        return (ofOld, first - ofOld);
    }

    /// <summary>x += factor * (to - from).</summary>
    static void AddSlope(float[] x, float[] from, float[] to, double factor)
    {
        MelSampling.Combine(x, 1, to, (float)factor);
        MelSampling.Combine(x, 1, from, (float)-factor);
    }

    async Task<float[]> SignalAsync(float[] x, double time, CancellationToken cancellationToken)
    {
        var noise = await denoise(x, (float)time, cancellationToken).ConfigureAwait(false);
        var (alpha, sigma, _) = schedule.At(time);
        MelSampling.Combine(noise, (float)(-sigma / alpha), x, (float)(1 / alpha));
        return noise;
    }
}
