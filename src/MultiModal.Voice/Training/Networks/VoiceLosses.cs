using MultiModal.Runtime.Graphs;
using MultiModal.Voice.Synthesis;

namespace MultiModal.Voice.Training.Networks;

/// <summary>What So-VITS-SVC minimises, each as one number.</summary>
static class VoiceLosses
{
    /// <summary>Least squares of the discriminator: real sound towards 1, made sound towards 0 (Mao et al. 2017, "LSGAN", equation 9).</summary>
    public static Tensor Discriminator(IReadOnlyList<Tensor> real, IReadOnlyList<Tensor> made) =>
        Sum(real.Zip(made, (r, m) => Ops.Mean((1f - r) * (1f - r)) + Ops.Mean(m * m)));

    /// <summary>The generator's side of it: made sound towards 1.</summary>
    public static Tensor Adversarial(IEnumerable<Tensor> made) => Sum(made.Select(m => Ops.Mean((1f - m) * (1f - m))));

    /// <summary>What the discriminators see in made sound against real sound: twice the mean distance of each layer.</summary>
    public static Tensor FeatureMatching(IEnumerable<IReadOnlyList<Tensor>> real, IEnumerable<IReadOnlyList<Tensor>> made) =>
        Sum(real.Zip(made).SelectMany(pair => pair.First.Zip(pair.Second, (r, m) => Ops.Mean(Ops.Abs(r - m))))) * 2f;

    /// <summary>The mean distance of two spectrograms.</summary>
    public static Tensor Distance(Tensor target, Tensor made) => Ops.Mean(Ops.Abs(target - made));

    /// <summary>
    /// How far the posterior is from the prior, by the posterior's sample brought to the prior by the flow (Kim et al. 2021, "VITS", equation 4).
    /// A sum over channels, a mean over frames.
    /// </summary>
    /// <param name="sample">The sample: [batch, inter, frames].</param>
    /// <param name="posteriorLogDeviation">[batch, inter, frames]</param>
    /// <param name="mean">The prior's: [batch, inter, frames].</param>
    /// <param name="logDeviation">The prior's: [batch, inter, frames].</param>
    /// <param name="mask">[batch, 1, frames]</param>
    public static Tensor Divergence(Tensor sample, Tensor posteriorLogDeviation, Tensor mean, Tensor logDeviation, Tensor mask)
    {
        var distance = sample - mean;
        var divergence = logDeviation - posteriorLogDeviation - 0.5f + distance * distance * Ops.Exp(logDeviation * -2f) * 0.5f;
        return Ops.Sum(FrameMask.Apply(divergence, mask)) / Ops.Sum(mask);
    }

    /// <summary>The mean square of the predicted pitch's error, padding and unvoiced frames included, as in the original.</summary>
    public static Tensor Pitch(Tensor predicted, Tensor actual)
    {
        var distance = predicted - actual;
        return Ops.Mean(distance * distance);
    }

    static Tensor Sum(IEnumerable<Tensor> terms) => terms.Aggregate((a, b) => a + b);
}
