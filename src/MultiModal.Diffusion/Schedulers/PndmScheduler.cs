namespace MultiModal.Diffusion.Schedulers;

/// <summary>Pseudo numerical methods (Liu et al. 2022): linear multistep of order 4, begun by Runge-Kutta steps or, as in Stable Diffusion, by a repeated step (PLMS).</summary>
/// <param name="config">The configuration.</param>
public sealed class PndmScheduler(SchedulerConfig config) : IScheduler
{
    const int Order = 4;
    readonly NoiseTable table = NoiseTable.Of(config, finiteEnd: false);

    /// <inheritdoc/>
    public string Name => "PNDMScheduler";

    /// <inheritdoc/>
    public Schedule Plan(int steps)
    {
        var spaced = SigmaMath.ToFloats(Spacing.Whole(config, steps));
        float[] timesteps;
        var runge = 0;
        if (config.SkipPrkSteps)
        {
            // The second one comes twice: a first step, then its correction.
            timesteps = steps < 2 ? spaced : [spaced[0], spaced[1], .. spaced.AsSpan(1)];
        }
        else
        {
            if (steps < Order)
                throw new ArgumentOutOfRangeException(nameof(steps), steps, $"PNDM with Runge-Kutta steps takes at least {Order} steps.");
            var half = config.TrainTimesteps / steps / 2;
            var doubled = new List<float>();
            for (var i = Order - 1; i >= 0; i--)
                doubled.AddRange([spaced[i], spaced[i] + half]);
            doubled.RemoveAt(doubled.Count - 1);
            var repeated = doubled.SelectMany(t => new[] { t, t }).ToArray()[1..^1];
            Array.Reverse(repeated);
            runge = repeated.Length;
            timesteps = [.. repeated, .. spaced.AsSpan(Order - 1)];
        }

        for (var i = 0; i < timesteps.Length; i++)
            timesteps[i] = Math.Min(timesteps[i], config.TrainTimesteps - 1);
        return new(steps, timesteps, [], 1, AlphaMix.Of(table, timesteps), context =>
            runge > 0 && context.FirstCall > 0
                ? throw new NotSupportedException("PNDM with Runge-Kutta steps cannot begin in the middle; set skip_prk_steps.")
                : new Run(context, config, table, runge));
    }

    sealed class Run(RunContext context, SchedulerConfig config, NoiseTable table, int runge) : AlphaRun(context, config)
    {
        readonly History<float[]> outputs = History.OfBuffers(4, context.Shape.Count);
        readonly float[] sum = new float[context.Shape.Count];
        readonly float[] kept = new float[context.Shape.Count];
        int counter;

        private protected override void Step(int call, Span<float> x, ReadOnlySpan<float> output)
        {
            var timestep = (int)Schedule.Timesteps[call];
            var a = table.AlphasCumprod[timestep];
            Denoise(x, output, MathF.Sqrt(a), MathF.Sqrt(1 - a));
            if (counter < runge)
                RungeKutta(timestep, x, output);
            else
                Multistep(timestep, x, output);
            counter++;
        }

        /// <summary>Four calls make one step: at its start, twice in its middle, at its end (equation 13).</summary>
        void RungeKutta(int timestep, Span<float> x, ReadOnlySpan<float> output)
        {
            var stage = counter % 4;
            var previous = timestep - (counter % 2 == 1 ? 0 : Config.TrainTimesteps / Schedule.Steps / 2);
            var from = (int)Schedule.Timesteps[counter / 4 * 4];
            if (stage == 0)
            {
                output.CopyTo(outputs.Push());
                x.CopyTo(kept);
                Array.Clear(sum);
            }

            Latents.Add(sum, stage is 0 or 3 ? 1f / 6 : 1f / 3, output);
            if (stage == 3)
                Transfer(x, kept, from, previous, sum);
            else
                Transfer(x, kept, from, previous, output);
        }

        void Multistep(int timestep, Span<float> x, ReadOnlySpan<float> output)
        {
            var stride = Config.TrainTimesteps / Schedule.Steps;
            var previous = timestep - stride;
            if (counter == 1)
            {
                // The correction of the first step: from where it began, with the mean of both outputs.
                Latents.Mix(sum, 0.5f, output, 0.5f, outputs[0]);
                Transfer(x, kept, Math.Min(timestep + stride, table.Length - 1), timestep, sum);
                return;
            }

            output.CopyTo(outputs.Push());
            switch (outputs.Count)
            {
                case 1:
                    x.CopyTo(kept);
                    output.CopyTo(sum);
                    break;
                case 2:
                    Latents.Mix(sum, 3f / 2, outputs[0], -1f / 2, outputs[1]);
                    break;
                case 3:
                    Latents.Mix(sum, 23f / 12, outputs[0], -16f / 12, outputs[1], 5f / 12, outputs[2]);
                    break;
                default:
                    Latents.Mix(sum, 55f / 24, outputs[0], -59f / 24, outputs[1], 37f / 24, outputs[2]);
                    Latents.Add(sum, -9f / 24, outputs[3]);
                    break;
            }

            Transfer(x, x, timestep, previous, sum);
        }

        /// <summary>Equation 9: from one timestep to another along a predicted noise.</summary>
        void Transfer(Span<float> result, ReadOnlySpan<float> x, int from, int to, ReadOnlySpan<float> output)
        {
            var a = table.AlphasCumprod[from];
            var aTo = AlphaMix.Previous(table, to, Config.SetAlphaToOne);
            var ofSample = MathF.Sqrt(aTo / a);
            var ofNoise = -(aTo - a) / ((a * MathF.Sqrt(1 - aTo)) + MathF.Sqrt(a * (1 - a) * aTo));

            // A velocity v holds the noise sqrt(a) v + sqrt(1 - a) x.
            if (Config.PredictionType == PredictionType.VPrediction)
                Latents.Mix(result, ofSample + (ofNoise * MathF.Sqrt(1 - a)), x, ofNoise * MathF.Sqrt(a), output);
            else
                Latents.Mix(result, ofSample, x, ofNoise, output);
        }
    }
}
