using MultiModal.Runtime.Training.Checkpoints;

namespace MultiModal.Runtime.Training.Optimizers;

/// <summary>Changes parameters by their gradients.</summary>
/// <remarks>Formulas are evaluated in float32 with coefficients in double, as PyTorch does; the result does not depend on the number of threads.</remarks>
public abstract class Optimizer : ITrainingState
{
    readonly double learningRate, weightDecay;
    readonly List<(string Name, float[][] Values)> buffers = [];
    readonly IReadOnlyList<TrainableParameter> parameters;

    private protected Optimizer(IEnumerable<ParameterGroup> groups, double learningRate, double weightDecay)
    {
        ArgumentNullException.ThrowIfNull(groups);
        Groups = [.. groups];
        parameters = [.. Groups.SelectMany(g => g.Parameters)];
        (this.learningRate, this.weightDecay) = (learningRate, weightDecay);
        if (parameters.GroupBy(p => p).FirstOrDefault(g => g.Count() > 1) is { } twice)
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
        var norm = GradientNorm.Of(parameters) * gradientScale;
        if (!double.IsFinite(norm)) return new(norm, false);

        // As torch.nn.utils.clip_grad_norm_ has it.
        var scale = clipNorm is { } limit ? gradientScale * Math.Min(1, limit / (norm + 1e-6)) : gradientScale;
        Steps++;
        Apply((float)scale);
        return new(norm, true);
    }

    /// <inheritdoc/>
    public void SaveState(StateWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write("steps", Steps);
        foreach (var (name, values) in buffers)
            for (var i = 0; i < values.Length; i++) writer.Write($"{name}/{parameters[i].Name}", values[i]);
        SaveNumbers(writer);
    }

    /// <inheritdoc/>
    public void LoadState(StateReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        Steps = reader.ReadInteger("steps");
        foreach (var (name, values) in buffers)
            for (var i = 0; i < values.Length; i++) reader.Read($"{name}/{parameters[i].Name}", values[i]);
        LoadNumbers(reader);
    }

    /// <summary>Updates all parameters.</summary>
    private protected virtual void Apply(float gradientScale) => ForEach((index, parameter, rate, decay) => Update(index, parameter, gradientScale, rate, decay));

    /// <summary>Updates one parameter.</summary>
    private protected abstract void Update(int index, TrainableParameter parameter, float gradientScale, double learningRate, double weightDecay);

    /// <summary>Each parameter with its number, the learning rate of this step, and the weight decay.</summary>
    private protected void ForEach(Action<int, TrainableParameter, double, double> action)
    {
        var index = 0;
        foreach (var group in Groups)
        {
            var (rate, decay) = ((group.LearningRate ?? learningRate) * LearningRateFactor, group.WeightDecay ?? weightDecay);
            foreach (var parameter in group.Parameters) action(index++, parameter, rate, decay);
        }
    }

    /// <summary>Numbers kept from step to step beside the buffers.</summary>
    private protected virtual void SaveNumbers(StateWriter writer)
    {
    }

    private protected virtual void LoadNumbers(StateReader reader)
    {
    }

    /// <summary>Buffers of zeros kept from step to step, one for each parameter.</summary>
    private protected float[][] Buffers(string name)
    {
        float[][] values = [.. parameters.Select(p => new float[p.Value.Length])];
        buffers.Add((name, values));
        return values;
    }
}
