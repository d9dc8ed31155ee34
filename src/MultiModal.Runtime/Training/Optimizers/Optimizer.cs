namespace MultiModal.Runtime.Training.Optimizers;

/// <summary>Changes parameters by their gradients.</summary>
/// <remarks>Formulas are evaluated in float32 with coefficients in double, as PyTorch does; the result does not depend on the number of threads.</remarks>
public abstract class Optimizer
{
    readonly double learningRate, weightDecay;

    private protected Optimizer(IEnumerable<ParameterGroup> groups, double learningRate, double weightDecay)
    {
        ArgumentNullException.ThrowIfNull(groups);
        Groups = [.. groups];
        (this.learningRate, this.weightDecay) = (learningRate, weightDecay);
        if (Groups.SelectMany(g => g.Parameters).GroupBy(p => p).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ArgumentException($"'{twice.Key.Name}' is in two groups.", nameof(groups));
    }

    /// <summary>The parameters, group by group.</summary>
    public IReadOnlyList<ParameterGroup> Groups { get; }

    /// <summary>How many steps have been applied.</summary>
    public long Steps { get; private set; }

    /// <summary>What schedules set: the learning rate of every group is multiplied by it.</summary>
    /// <value>The default value is 1.</value>
    public double LearningRateFactor { get; set; } = 1;

    /// <summary>Applies the gradients that the parameters have.</summary>
    /// <param name="gradientScale">What the gradients are multiplied by first: 1 / n after n runs that were added up.</param>
    /// <param name="clipNorm">Gradients whose norm is larger are scaled down to it (Pascanu et al. 2013); null for no limit.</param>
    /// <returns>The norm, and whether the step was applied: with a gradient that is not finite it is not.</returns>
    public StepReport Step(double gradientScale = 1, double? clipNorm = null)
    {
        var norm = GradientNorm.Of(Groups.SelectMany(g => g.Parameters)) * gradientScale;
        if (!double.IsFinite(norm)) return new(norm, false);

        // As torch.nn.utils.clip_grad_norm_ has it.
        var scale = clipNorm is { } limit ? gradientScale * Math.Min(1, limit / (norm + 1e-6)) : gradientScale;
        Steps++;
        var index = 0;
        foreach (var group in Groups)
        {
            var (rate, decay) = ((group.LearningRate ?? learningRate) * LearningRateFactor, group.WeightDecay ?? weightDecay);
            foreach (var parameter in group.Parameters) Update(index++, parameter, (float)scale, rate, decay);
        }

        return new(norm, true);
    }

    /// <summary>Updates one parameter.</summary>
    private protected abstract void Update(int index, TrainableParameter parameter, float gradientScale, double learningRate, double weightDecay);

    /// <summary>Buffers of zeros, one for each parameter.</summary>
    private protected float[][] Buffers() => [.. Groups.SelectMany(g => g.Parameters).Select(p => new float[p.Value.Length])];
}
