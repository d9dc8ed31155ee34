using System.Numerics;
using System.Runtime.InteropServices;

namespace MultiModal.Runtime.Training.Optimizers;

/// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2019), step by step as torch.optim.AdamW computes it.</summary>
public sealed class AdamW : Optimizer
{
    readonly AdamWOptions options;
    readonly float[][] means, squares;

    /// <summary>An optimiser for parameters that are all treated alike.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="options">The coefficients; null for PyTorch's defaults.</param>
    public AdamW(IEnumerable<TrainableParameter> parameters, AdamWOptions? options = null)
        : this([new ParameterGroup(parameters)], options)
    {
    }

    /// <summary>An optimiser for groups of parameters.</summary>
    /// <param name="groups">The groups.</param>
    /// <param name="options">The coefficients; null for PyTorch's defaults.</param>
    public AdamW(IEnumerable<ParameterGroup> groups, AdamWOptions? options = null)
        : this(options ?? new(), groups)
    {
    }

    AdamW(AdamWOptions options, IEnumerable<ParameterGroup> groups)
        : base(groups, options.LearningRate, options.WeightDecay)
    {
        this.options = options;
        (means, squares) = (Buffers("exp_avg"), Buffers("exp_avg_sq"));
    }

    private protected override void Update(int index, TrainableParameter parameter, float gradientScale, double learningRate, double weightDecay)
    {
        var (beta1, beta2) = (options.Beta1, options.Beta2);
        var kept = (float)(1 - (learningRate * weightDecay));
        var size = (float)(learningRate / (1 - Math.Pow(beta1, Steps)));
        var root = (float)Math.Sqrt(1 - Math.Pow(beta2, Steps));
        var epsilon = (float)options.Epsilon;
        Chunks.ForEach(parameter.Value.Length, (start, count) =>
        {
            var value = parameter.Value.Floats.Slice(start, count);
            var gradient = parameter.Gradient.Floats.Slice(start, count);
            var mean = means[index].AsSpan(start, count);
            var square = squares[index].AsSpan(start, count);
            var values = MemoryMarshal.Cast<float, Vector<float>>(value);
            var gradients = MemoryMarshal.Cast<float, Vector<float>>(gradient);
            var first = MemoryMarshal.Cast<float, Vector<float>>(mean);
            var second = MemoryMarshal.Cast<float, Vector<float>>(square);
            for (var i = 0; i < values.Length; i++)
            {
                var g = gradients[i] * gradientScale;
                first[i] += (g - first[i]) * (float)(1 - beta1);
                second[i] = (second[i] * (float)beta2) + (g * g * (float)(1 - beta2));
                values[i] = (values[i] * kept) - (first[i] * size / ((Vector.SquareRoot(second[i]) / new Vector<float>(root)) + new Vector<float>(epsilon)));
            }

            for (var i = values.Length * Vector<float>.Count; i < count; i++)
            {
                var g = gradient[i] * gradientScale;
                mean[i] += (g - mean[i]) * (float)(1 - beta1);
                square[i] = (square[i] * (float)beta2) + (g * g * (float)(1 - beta2));
                value[i] = (value[i] * kept) - (mean[i] * size / ((MathF.Sqrt(square[i]) / root) + epsilon));
            }
        });
    }
}
