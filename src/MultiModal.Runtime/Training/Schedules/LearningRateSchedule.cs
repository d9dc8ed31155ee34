namespace MultiModal.Runtime.Training.Schedules;

/// <summary>What a learning rate is multiplied by, step by step. Nothing but the number of the step decides, so that there is no state to save.</summary>
public sealed class LearningRateSchedule
{
    readonly long warmUp;
    readonly Func<long, double> after;

    LearningRateSchedule(long warmUp, Func<long, double> after)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(warmUp);
        (this.warmUp, this.after) = (warmUp, after);
    }

    /// <summary>1 after the warm-up.</summary>
    /// <param name="warmUp">Over how many steps it rises: 1 / n, 2 / n, ..., 1.</param>
    public static LearningRateSchedule Constant(long warmUp = 0) => new(warmUp, _ => 1);

    /// <summary>Half a cosine from 1, after the warm-up, to the floor at the last step (Loshchilov and Hutter 2017).</summary>
    /// <param name="steps">How many steps there are, the warm-up included.</param>
    /// <param name="warmUp">Over how many steps it rises.</param>
    /// <param name="floor">Where it ends, 0 to 1.</param>
    public static LearningRateSchedule Cosine(long steps, long warmUp = 0, double floor = 0) =>
        new(warmUp, step => floor + ((1 - floor) * (1 + Math.Cos(Math.PI * Passed(step, steps, warmUp))) / 2));

    /// <summary>A straight line from 1, after the warm-up, to the floor at the last step.</summary>
    /// <inheritdoc cref="Cosine"/>
    public static LearningRateSchedule Linear(long steps, long warmUp = 0, double floor = 0) =>
        new(warmUp, step => 1 - ((1 - floor) * Passed(step, steps, warmUp)));

    /// <summary>The factor to the power of the number of whole epochs passed: torch's ExponentialLR, stepped once an epoch.</summary>
    /// <param name="factor">What each epoch leaves of the rate: 0.999875 in So-VITS-SVC.</param>
    /// <param name="stepsPerEpoch">How many steps an epoch has.</param>
    /// <param name="warmUp">Over how many steps it rises. The power counts from the first step on all the same.</param>
    public static LearningRateSchedule ExponentialPerEpoch(double factor, long stepsPerEpoch, long warmUp = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(stepsPerEpoch, 1);
        return new(warmUp, step => Math.Pow(factor, step / stepsPerEpoch));
    }

    /// <summary>The factor of a step.</summary>
    /// <param name="step">The number of the step, from 0.</param>
    public double At(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        return (step < warmUp ? (step + 1.0) / warmUp : 1) * after(step);
    }

    /// <summary>From 0 after the warm-up to 1 at the last step.</summary>
    static double Passed(long step, long steps, long warmUp) => Math.Clamp((step - warmUp) / Math.Max(1.0, steps - 1 - warmUp), 0, 1);
}
