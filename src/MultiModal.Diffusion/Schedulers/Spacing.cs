namespace MultiModal.Diffusion.Schedulers;

/// <summary>Which timesteps a run visits, from the noisiest down, with numpy's arithmetic (double, halves rounded to even).</summary>
static class Spacing
{
    /// <summary>Whole timesteps of DDIM, DDPM and PNDM.</summary>
    public static double[] Whole(SchedulerConfig config, int steps)
    {
        CheckSteps(steps, config.TrainTimesteps);
        return config.TimestepSpacing == TimestepSpacing.Linspace
            ? Array.ConvertAll(Even(config.TrainTimesteps - 1, steps), Math.Round)
            : Strided(config, steps, config.TrainTimesteps, steps);
    }

    /// <summary>Timesteps of the samplers over sigmas (Euler, Heun, LMS, DPM2); linspace leaves them unrounded, in float32.</summary>
    public static double[] Fractional(SchedulerConfig config, int steps)
    {
        CheckSteps(steps, config.TrainTimesteps);
        return config.TimestepSpacing == TimestepSpacing.Linspace
            ? Array.ConvertAll(Even(config.TrainTimesteps - 1, steps), t => (double)(float)t)
            : Strided(config, steps, config.TrainTimesteps, steps);
    }

    /// <summary>Timesteps of DPM-Solver, DEIS and UniPC: one more is laid out, and the last left off. The noisiest is just below <paramref name="last"/>.</summary>
    public static double[] Solver(SchedulerConfig config, int steps, int last)
    {
        CheckSteps(steps, config.TrainTimesteps);
        return config.TimestepSpacing == TimestepSpacing.Linspace
            ? Array.ConvertAll(Even(last - 1, steps + 1)[..^1], Math.Round)
            : Strided(config, steps, last, steps + 1);
    }

    public static void CheckSteps(int steps, int most)
    {
        if (steps < 1 || steps > most)
            throw new ArgumentOutOfRangeException(nameof(steps), steps, $"A run has 1 to {most} steps.");
    }

    static double[] Strided(SchedulerConfig config, int steps, int last, int divisor)
    {
        var timesteps = new double[steps];
        if (config.TimestepSpacing == TimestepSpacing.Leading)
        {
            var stride = last / divisor;
            for (var i = 0; i < steps; i++)
                timesteps[i] = ((divisor - 1 - i) * stride) + config.StepsOffset;
        }
        else
        {
            // numpy.arange(last, 0, -stride): the second value less the first is the stride it then uses.
            var stride = last - (last - (config.TrainTimesteps / (double)steps));
            for (var i = 0; i < steps; i++)
                timesteps[i] = Math.Round(last - (i * stride)) - 1;
        }

        // Offsets and clipped ranges can point outside the table, where diffusers fails or reads the wrong end.
        for (var i = 0; i < steps; i++)
            timesteps[i] = Math.Clamp(timesteps[i], 0, config.TrainTimesteps - 1);
        return timesteps;
    }

    /// <summary>numpy.linspace(0, end, count), reversed.</summary>
    static double[] Even(int end, int count)
    {
        var values = new double[count];
        var step = count > 1 ? end / (double)(count - 1) : 0;
        for (var i = 0; i < count; i++)
            values[count - 1 - i] = i == count - 1 && count > 1 ? end : i * step;
        return values;
    }
}
