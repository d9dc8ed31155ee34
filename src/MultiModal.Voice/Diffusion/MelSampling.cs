using System.Numerics.Tensors;
using MultiModal.Runtime.Random;

namespace MultiModal.Voice.Diffusion;

/// <summary>What a network takes for the noise in a signal at a time of the schedule.</summary>
/// <param name="x">The signal with its noise.</param>
/// <param name="time">The step, 0 for the first; solvers ask between steps, too.</param>
/// <param name="cancellationToken">Stops the run.</param>
delegate Task<float[]> Denoiser(float[] x, float time, CancellationToken cancellationToken);

/// <summary>The samplers: each takes a signal with the noise of a number of steps back to one without.</summary>
/// <param name="schedule">The schedule the network was trained with.</param>
/// <param name="denoise">The network.</param>
/// <param name="progress">Told the part that is done; null for nobody.</param>
sealed class MelSampling(DiffusionSchedule schedule, Denoiser denoise, IProgress<double>? progress = null)
{
    /// <summary>Takes the noise away.</summary>
    /// <param name="sampler">How.</param>
    /// <param name="x">The signal with the noise of as many steps; used up.</param>
    /// <param name="steps">How many steps of noise it has; at least 1.</param>
    /// <param name="speedup">How many of them are taken at once. One at a time is what <see cref="MelSampler.Ddpm"/> always does, and the original then always takes it.</param>
    /// <param name="random">Where <see cref="MelSampler.Ddpm"/> draws its noise.</param>
    /// <param name="cancellationToken">Stops the sampling.</param>
    public Task<float[]> SampleAsync(MelSampler sampler, float[] x, int steps, int speedup, TorchRandom random, CancellationToken cancellationToken) => sampler switch
    {
        _ when speedup <= 1 || sampler == MelSampler.Ddpm => DdpmAsync(x, steps, random, cancellationToken),
        MelSampler.Ddim => DdimAsync(x, steps, speedup, cancellationToken),
        MelSampler.Pndm => PndmAsync(x, steps, speedup, cancellationToken),
        MelSampler.UniPc => new UniPcSolver(schedule, denoise, progress).SolveAsync(x, steps, steps / speedup, cancellationToken),
        _ => new DpmSolver(schedule, denoise, sampler == MelSampler.DpmSolverPlusPlus, progress).SolveAsync(x, steps, steps / speedup, cancellationToken),
    };

    /// <summary>Ho et al. 2020, algorithm 2, with the estimate of the signal kept within -1 to 1.</summary>
    async Task<float[]> DdpmAsync(float[] x, int steps, TorchRandom random, CancellationToken cancellationToken)
    {
        var noise = new float[x.Length];
        for (var t = steps - 1; t >= 0; t--)
        {
            var predicted = await denoise(x, t, cancellationToken).ConfigureAwait(false);
            var (product, before, beta) = (schedule.AlphaProduct(t), t > 0 ? schedule.AlphaProduct(t - 1) : 1, schedule.Beta(t));
            // Equations 7 and 15: the mean and the variance of what was one step earlier.
            var (toSignal, toNoise) = ((float)Math.Sqrt(1 / product), (float)Math.Sqrt((1 / product) - 1));
            var (ofSignal, ofNoisy) = ((float)(beta * Math.Sqrt(before) / (1 - product)), (float)((1 - before) * Math.Sqrt(1 - beta) / (1 - product)));
            var deviation = t > 0 ? (float)Math.Sqrt(beta * (1 - before) / (1 - product)) : 0;
            random.Normal(noise);
            for (var i = 0; i < x.Length; i++)
            {
                var signal = Math.Clamp((toSignal * x[i]) - (toNoise * predicted[i]), -1, 1);
                x[i] = (ofSignal * signal) + (ofNoisy * x[i]) + (deviation * noise[i]);
            }

            progress?.Report((steps - t) / (double)steps);
        }

        return x;
    }

    /// <summary>Song et al. 2020, equation 12 with sigma 0.</summary>
    async Task<float[]> DdimAsync(float[] x, int steps, int interval, CancellationToken cancellationToken)
    {
        for (var t = (steps - 1) / interval * interval; t >= 0; t -= interval)
        {
            var predicted = await denoise(x, t, cancellationToken).ConfigureAwait(false);
            var (product, before) = (schedule.AlphaProduct(t), schedule.AlphaProduct(Math.Max(t - interval, 0)));
            var keep = (float)Math.Sqrt(before / product);
            var change = (float)(Math.Sqrt(before) * (Math.Sqrt((1 - before) / before) - Math.Sqrt((1 - product) / product)));
            Combine(x, keep, predicted, change);
            progress?.Report((steps - t) / (double)steps);
        }

        return x;
    }

    /// <summary>Liu et al. 2022, section 3.3: a transfer along the schedule with the noise extrapolated from the last four times (Adams and Bashforth).</summary>
    async Task<float[]> PndmAsync(float[] x, int steps, int interval, CancellationToken cancellationToken)
    {
        List<float[]> earlier = [];
        for (var t = (steps - 1) / interval * interval; t >= 0; t -= interval)
        {
            var predicted = await denoise(x, t, cancellationToken).ConfigureAwait(false);
            float[] blend;
            switch (earlier.Count)
            {
                case 0:
                    // Heun's method for the first step.
                    var next = await denoise(Transfer(x, predicted, t, interval), Math.Max(t - interval, 0), cancellationToken).ConfigureAwait(false);
                    blend = Blend((predicted, 1f / 2), (next, 1f / 2));
                    break;
                case 1:
                    blend = Blend((predicted, 3f / 2), (earlier[^1], -1f / 2));
                    break;
                case 2:
                    blend = Blend((predicted, 23f / 12), (earlier[^1], -16f / 12), (earlier[^2], 5f / 12));
                    break;
                default:
                    blend = Blend((predicted, 55f / 24), (earlier[^1], -59f / 24), (earlier[^2], 37f / 24), (earlier[^3], -9f / 24));
                    earlier.RemoveAt(0);
                    break;
            }

            x = Transfer(x, blend, t, interval);
            earlier.Add(predicted);
            progress?.Report((steps - t) / (double)steps);
        }

        return x;
    }

    /// <summary>Equation 11 of the PNDM paper: the signal at an earlier time, if the noise is known.</summary>
    float[] Transfer(float[] x, float[] noise, int t, int interval)
    {
        var (product, before) = (schedule.AlphaProduct(t), schedule.AlphaProduct(Math.Max(t - interval, 0)));
        var (root, rootBefore) = (Math.Sqrt(product), Math.Sqrt(before));
        var difference = before - product;
        var result = (float[])x.Clone();
        Combine(
            result, (float)(1 + (difference / (root * (root + rootBefore)))), noise,
            (float)(-difference / (root * (Math.Sqrt((1 - before) * product) + Math.Sqrt((1 - product) * before)))));
        return result;
    }

    static float[] Blend(params ReadOnlySpan<(float[] Values, float Weight)> parts)
    {
        var result = new float[parts[0].Values.Length];
        foreach (var (values, weight) in parts) TensorPrimitives.MultiplyAdd(values, weight, result, result);
        return result;
    }

    /// <summary>x = keep * x + change * other.</summary>
    internal static void Combine(float[] x, float keep, float[] other, float change)
    {
        TensorPrimitives.Multiply(x, keep, x);
        TensorPrimitives.MultiplyAdd(other, change, x, x);
    }
}
