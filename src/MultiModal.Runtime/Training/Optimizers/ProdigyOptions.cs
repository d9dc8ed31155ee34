namespace MultiModal.Runtime.Training.Optimizers;

/// <summary>The coefficients of <see cref="Prodigy"/>; the defaults are those of its authors.</summary>
public sealed record ProdigyOptions
{
    /// <summary>What the learning rate found is multiplied by.</summary>
    /// <value>The default value is 1, which is meant to be left alone.</value>
    public double LearningRate { get; init; } = 1;

    /// <summary>How much of the running mean of the gradients is kept at each step.</summary>
    /// <value>The default value is 0.9.</value>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>How much of the running mean of their squares is kept at each step.</summary>
    /// <value>The default value is 0.999.</value>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root of the mean square, times the distance found.</summary>
    /// <value>The default value is 1e-8.</value>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Which part of a parameter, times the learning rate, is taken off at each step.</summary>
    /// <value>The default value is 0.</value>
    public double WeightDecay { get; init; }

    /// <summary>The first guess of the distance, far too small.</summary>
    /// <value>The default value is 1e-6.</value>
    public double FirstDistance { get; init; } = 1e-6;

    /// <summary>What the estimate of the distance is multiplied by: 0.5 to 2 for more or less caution.</summary>
    /// <value>The default value is 1.</value>
    public double DistanceFactor { get; init; } = 1;

    /// <summary>Whether early steps are corrected for the running means being too small, as Adam does.</summary>
    /// <value>The default value is <see langword="false"/>.</value>
    public bool BiasCorrection { get; init; }

    /// <summary>Whether steps of a warm-up are kept out of the denominator of the estimate.</summary>
    /// <value>The default value is <see langword="false"/>; advisable with a warm-up.</value>
    public bool SafeguardWarmUp { get; init; }
}
