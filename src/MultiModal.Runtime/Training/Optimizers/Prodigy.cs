using System.Numerics.Tensors;
using MultiModal.Runtime.Training.Checkpoints;

namespace MultiModal.Runtime.Training.Optimizers;

/// <summary>
/// Adam that finds its learning rate: the distance from the first parameters to the solution is estimated from below while training (Mishchenko
/// and Defazio 2023, algorithm 4).
/// </summary>
public sealed class Prodigy : Optimizer
{
    readonly ProdigyOptions options;
    readonly float[][] means, squares, sums;
    readonly TensorData[] origins;
    double distance, largest, numerator;

    /// <summary>An optimiser that begins at the present values.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="options">The coefficients; null for the authors'.</param>
    public Prodigy(IEnumerable<TrainableParameter> parameters, ProdigyOptions? options = null)
        : this([new ParameterGroup(parameters)], options)
    {
    }

    /// <summary>An optimiser for groups of parameters, for which one distance is found. Their learning rates are factors of it.</summary>
    /// <param name="groups">The groups.</param>
    /// <param name="options">The coefficients; null for the authors'.</param>
    public Prodigy(IEnumerable<ParameterGroup> groups, ProdigyOptions? options = null)
        : this(options ?? new(), groups)
    {
    }

    Prodigy(ProdigyOptions options, IEnumerable<ParameterGroup> groups)
        : base(groups, options.LearningRate, options.WeightDecay)
    {
        this.options = options;
        (means, squares, sums) = (Buffers("exp_avg"), Buffers("exp_avg_sq"), Buffers("s"));
        origins = [.. Groups.SelectMany(g => g.Parameters).Select(p => TensorData.Of(p.Value.Floats.ToArray(), [.. p.Value.Dimensions]))];
        distance = largest = options.FirstDistance;
    }

    /// <summary>The distance found so far: the learning rate that Adam would have been given.</summary>
    public double Distance => distance;

    private protected override void Apply(float gradientScale)
    {
        var correction = options.BiasCorrection
            ? Math.Sqrt(1 - Math.Pow(options.Beta2, Steps)) / (1 - Math.Pow(options.Beta1, Steps)) : 1;
        var (before, first) = (distance, options.FirstDistance);
        var beta3 = Math.Sqrt(options.Beta2);
        var denominator = 0.0;
        numerator *= beta3;
        ForEach((index, parameter, rate, _) =>
        {
            if (rate <= 0) return;
            var size = before * rate * correction;
            var (product, length) = Accumulate(index, parameter, gradientScale, (float)before, (float)beta3, (float)(before / first * (options.SafeguardWarmUp ? before : size)));
            numerator += before / first * size * product;
            denominator += length;
        });
        if (denominator == 0) return;
        var estimate = options.DistanceFactor * numerator / denominator;
        if (distance == first) distance = Math.Max(distance, estimate);
        largest = Math.Max(largest, estimate);
        distance = largest;
        ForEach((index, parameter, rate, decay) => Update(index, parameter, gradientScale, before * rate * correction, decay));
    }

    /// <summary>The running sums of a parameter; gives gradient times way gone, and the length of the weighted sum of gradients.</summary>
    (double Product, double Length) Accumulate(int index, TrainableParameter parameter, float gradientScale, float d, float beta3, float weight)
    {
        var (beta1, beta2) = ((float)options.Beta1, (float)options.Beta2);
        var count = parameter.Value.Length;
        var (products, lengths) = (new double[(count / Chunks.Length) + 1], new double[(count / Chunks.Length) + 1]);
        Chunks.ForEach(count, (from, total) =>
        {
            // A piece of several chunks is summed chunk by chunk, so that threads do not change the result.
            for (var start = from; start < from + total; start += Chunks.Length)
            {
                var size = Math.Min(Chunks.Length, from + total - start);
                var value = parameter.Value.Floats.Slice(start, size);
                var gradient = parameter.Gradient.Floats.Slice(start, size);
                var origin = origins[index].Floats.Slice(start, size);
                var mean = means[index].AsSpan(start, size);
                var square = squares[index].AsSpan(start, size);
                var sum = sums[index].AsSpan(start, size);
                var product = 0.0;
                for (var i = 0; i < size; i++)
                {
                    var g = gradient[i] * gradientScale;
                    product += (double)g * (origin[i] - value[i]);
                    mean[i] = (mean[i] * beta1) + (d * (1 - beta1) * g);
                    square[i] = (square[i] * beta2) + (d * d * (1 - beta2) * g * g);
                    sum[i] = (sum[i] * beta3) + (weight * g);
                }

                products[start / Chunks.Length] = product;
                lengths[start / Chunks.Length] = TensorPrimitives.SumOfMagnitudes<float>(sum);
            }
        });
        return (products.Sum(), lengths.Sum());
    }

    private protected override void Update(int index, TrainableParameter parameter, float gradientScale, double learningRate, double weightDecay)
    {
        var (kept, size, epsilon) = ((float)(1 - (learningRate * weightDecay)), (float)learningRate, (float)(distance * options.Epsilon));
        Chunks.ForEach(parameter.Value.Length, (start, count) =>
        {
            var value = parameter.Value.Floats.Slice(start, count);
            var mean = means[index].AsSpan(start, count);
            var square = squares[index].AsSpan(start, count);
            for (var i = 0; i < count; i++) value[i] = (value[i] * kept) - (size * mean[i] / (MathF.Sqrt(square[i]) + epsilon));
        });
    }

    private protected override void SaveNumbers(StateWriter writer)
    {
        writer.Write("d", distance);
        writer.Write("d_max", largest);
        writer.Write("d_numerator", numerator);
        for (var i = 0; i < origins.Length; i++) writer.Write($"p0/{i}", origins[i]);
    }

    private protected override void LoadNumbers(StateReader reader)
    {
        (distance, largest, numerator) = (reader.ReadNumber("d"), reader.ReadNumber("d_max"), reader.ReadNumber("d_numerator"));
        for (var i = 0; i < origins.Length; i++) reader.Read($"p0/{i}", origins[i]);
    }
}
