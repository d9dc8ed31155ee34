namespace MultiModal.Diffusion.Schedulers;

/// <summary>Timesteps of the distilled samplers: an even choice among those the model was distilled on.</summary>
static class DistilledPlan
{
    public static float[] Timesteps(SchedulerConfig config, int steps)
    {
        var original = config.OriginalInferenceSteps;
        Spacing.CheckSteps(steps, original);
        var stride = config.TrainTimesteps / original;
        var timesteps = new float[steps];
        for (var i = 0; i < steps; i++)
        {
            // floor(linspace(0, original, steps, without the end)), counted from the noisiest.
            var index = (int)Math.Floor(i * (original / (double)steps));
            timesteps[i] = ((original - index) * stride) - 1;
        }

        return timesteps;
    }
}
