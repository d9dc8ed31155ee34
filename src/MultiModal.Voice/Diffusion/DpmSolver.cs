namespace MultiModal.Voice.Diffusion;

/// <summary>
/// DPM-Solver and DPM-Solver++ as multistep methods of second order, times evenly apart (Lu et al. 2022, "DPM-Solver++", algorithm 2; Lu et al. 2022,
/// "DPM-Solver", equation 4.1 in the form the authors' code has for several steps).
/// </summary>
/// <param name="schedule">The schedule the network was trained with.</param>
/// <param name="denoise">The network.</param>
/// <param name="ofSignal">Whether the signal is extrapolated ("++"), or the noise.</param>
/// <param name="progress">Told the part that is done; null for nobody.</param>
sealed class DpmSolver(DiffusionSchedule schedule, Denoiser denoise, bool ofSignal, IProgress<double>? progress)
{
    // With fewer steps the last one is of first order, which is steadier.
    const int FewSteps = 10;

    /// <summary>Solves the equation from the time of as many steps of noise back to the first.</summary>
    /// <param name="x">The signal with its noise; used up.</param>
    /// <param name="noiseSteps">How many steps of noise it has.</param>
    /// <param name="count">How often the network is asked; at least once.</param>
    /// <param name="cancellationToken">Stops the solving.</param>
    public async Task<float[]> SolveAsync(float[] x, int noiseSteps, int count, CancellationToken cancellationToken)
    {
        count = Math.Max(1, count);
        var times = schedule.Times(noiseSteps, count, clip: true);
        float[]? before = null;
        for (var i = 0; i < count; i++)
        {
            var model = await ModelAsync(x, times[i], cancellationToken).ConfigureAwait(false);
            var (from, to) = (schedule.At(times[i]), schedule.At(times[i + 1]));
            var h = to.Lambda - from.Lambda;
            var keep = ofSignal ? to.Sigma / from.Sigma : to.Alpha / from.Alpha;
            var step = ofSignal ? to.Alpha * (Math.Exp(-h) - 1) : to.Sigma * (Math.Exp(h) - 1);
            var first = before is null || (count < FewSteps && i == count - 1);
            var slope = first ? 0 : 0.5 / ((from.Lambda - schedule.At(times[i - 1]).Lambda) / h);
            MelSampling.Combine(x, (float)keep, model, (float)(-step * (1 + slope)));
            if (!first) MelSampling.Combine(x, 1, before!, (float)(step * slope));
            before = model;
            progress?.Report((i + 1) / (double)count);
        }

        return x;
    }

    async Task<float[]> ModelAsync(float[] x, double time, CancellationToken cancellationToken)
    {
        var noise = await denoise(x, (float)time, cancellationToken).ConfigureAwait(false);
        if (!ofSignal) return noise;
        var (alpha, sigma, _) = schedule.At(time);
        MelSampling.Combine(noise, (float)(-sigma / alpha), x, (float)(1 / alpha));
        return noise;
    }
}
