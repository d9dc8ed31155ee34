using System.Globalization;

namespace MultiModal.Runtime.Training;

/// <summary>A loss or a gradient became infinite or not a number: the training cannot go on as it is.</summary>
public sealed class TrainingDivergedException : MultiModalException
{
    /// <summary>Makes the error.</summary>
    /// <param name="step">The number of the step, from 0.</param>
    /// <param name="loss">Its loss.</param>
    /// <param name="gradientNorm">The norm of its gradient.</param>
    public TrainingDivergedException(long step, double loss, double gradientNorm)
        : base(Describe(step, loss, gradientNorm))
    {
        (Step, Loss, GradientNorm) = (step, loss, gradientNorm);
    }

    /// <summary>The number of the step, from 0.</summary>
    public long Step { get; }

    /// <summary>The loss of the step.</summary>
    public double Loss { get; }

    /// <summary>The norm of its gradient.</summary>
    public double GradientNorm { get; }

    static string Describe(long step, double loss, double gradientNorm)
    {
        var what = string.Create(CultureInfo.InvariantCulture, $"Step {step} came out with the loss {loss} and a gradient of norm {gradientNorm}.");
        return what + " The last checkpoint is whole: go on from there with a lower learning rate or a limit to the gradient's norm, and look at the data of this step.";
    }
}
