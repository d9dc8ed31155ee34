namespace MultiModal.Runtime.Training.Optimizers;

/// <summary>EvoLved Sign Momentum (Chen et al. 2023, algorithm 2): every element moves by the learning rate, up or down. Half of AdamW's memory.</summary>
public sealed class Lion : Optimizer
{
    readonly LionOptions options;
    readonly float[][] means;

    /// <summary>An optimiser for parameters that are all treated alike.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="options">The coefficients; null for the paper's.</param>
    public Lion(IEnumerable<TrainableParameter> parameters, LionOptions? options = null)
        : this([new ParameterGroup(parameters)], options)
    {
    }

    /// <summary>An optimiser for groups of parameters.</summary>
    /// <param name="groups">The groups.</param>
    /// <param name="options">The coefficients; null for the paper's.</param>
    public Lion(IEnumerable<ParameterGroup> groups, LionOptions? options = null)
        : this(options ?? new(), groups)
    {
    }

    Lion(LionOptions options, IEnumerable<ParameterGroup> groups)
        : base(groups, options.LearningRate, options.WeightDecay)
    {
        this.options = options;
        means = Buffers("exp_avg");
    }

    private protected override void Update(int index, TrainableParameter parameter, float gradientScale, double learningRate, double weightDecay)
    {
        var (beta1, beta2) = ((float)options.Beta1, (float)options.Beta2);
        var (kept, size) = ((float)(1 - (learningRate * weightDecay)), (float)learningRate);
        Chunks.ForEach(parameter.Value.Length, (start, count) =>
        {
            var value = parameter.Value.Floats.Slice(start, count);
            var gradient = parameter.Gradient.Floats.Slice(start, count);
            var mean = means[index].AsSpan(start, count);
            for (var i = 0; i < count; i++)
            {
                var g = gradient[i] * gradientScale;
                var direction = (mean[i] * beta1) + (g * (1 - beta1));
                value[i] = (value[i] * kept) - (direction > 0 ? size : direction < 0 ? -size : 0);
                mean[i] = (mean[i] * beta2) + (g * (1 - beta2));
            }
        });
    }
}
