namespace MultiModal.Diffusion.Schedulers.KDiffusion;

/// <summary>k-diffusion's view of a model's noise table: any sigma has a timestep, whole or not, linear in log sigma; and the sigmas of a run.</summary>
sealed class KSchedule(NoiseTable table)
{
    static readonly double[] AlignedSteps = [14.615, 6.475, 3.861, 2.697, 1.886, 1.396, 0.963, 0.652, 0.399, 0.152, 0.029];
    static readonly double[] AlignedStepsXL = [14.615, 6.315, 3.771, 2.181, 1.342, 0.862, 0.555, 0.380, 0.234, 0.113, 0.029];
    readonly float[] logs = SigmaMath.Log(table.Sigmas);

    public float ToTimestep(float sigma) => (float)SigmaMath.ToTimestep(sigma, logs);

    public float ToSigma(float timestep)
    {
        var low = (int)MathF.Floor(timestep);
        var high = (int)MathF.Ceiling(timestep);
        var weight = timestep - low;
        return MathF.Exp(((1 - weight) * logs[low]) + (weight * logs[high]));
    }

    /// <summary>A sigma for each step, and 0.</summary>
    public float[] Sigmas(KSigmas law, int steps)
    {
        double least = table.Sigmas[0], largest = table.Sigmas[^1];
        var last = table.Length - 1;
        switch (law)
        {
            case KSigmas.Uniform:
                return WithZero(Array.ConvertAll(NoiseTable.Linspace(last, 0, steps), ToSigma));
            case KSigmas.SgmUniform:
                return WithZero(Array.ConvertAll(NoiseTable.Linspace(last, 0, steps + 1)[..steps], ToSigma));
            case KSigmas.Karras:
                var (from, to) = (Math.Pow(largest, 1 / 7.0), Math.Pow(least, 1 / 7.0));
                return WithZero(Array.ConvertAll(NoiseTable.Linspace(0, 1, steps), u => MathF.Pow((float)from + (u * (float)(to - from)), 7)));
            case KSigmas.Exponential:
                return WithZero(Array.ConvertAll(NoiseTable.Linspace((float)Math.Log(largest), (float)Math.Log(least), steps), MathF.Exp));
            case KSigmas.Simple:
                var simple = new float[steps];
                for (var i = 0; i < steps; i++)
                    simple[i] = table.Sigmas[last - (int)(i * (table.Length / (double)steps))];
                return WithZero(simple);
            case KSigmas.Beta:
                var beta = new float[steps];
                for (var i = 0; i < steps; i++)
                    beta[i] = (float)(least + (BetaDistribution.Quantile(1 - (steps == 1 ? 0 : i / (steps - 1.0)), 0.6, 0.6) * (largest - least)));
                return WithZero(beta);
            default:
                return Aligned(law == KSigmas.AlignYourSteps ? AlignedSteps : AlignedStepsXL, steps);
        }
    }

    static float[] WithZero(float[] sigmas) => [.. sigmas, 0];

    /// <summary>A published table of 11 sigmas stretched to any number, linear in the logarithm.</summary>
    static float[] Aligned(double[] levels, int steps)
    {
        var sigmas = new float[steps];
        for (var i = 0; i < steps; i++)
        {
            var at = steps == 1 ? 0 : i * (levels.Length - 1) / (steps - 1.0);
            var low = Math.Min((int)at, levels.Length - 2);
            sigmas[i] = (float)Math.Exp(Math.Log(levels[low]) + ((at - low) * (Math.Log(levels[low + 1]) - Math.Log(levels[low]))));
        }

        return WithZero(sigmas);
    }
}
