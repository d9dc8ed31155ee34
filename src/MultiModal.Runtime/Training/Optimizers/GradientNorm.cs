using System.Numerics.Tensors;

namespace MultiModal.Runtime.Training.Optimizers;

/// <summary>The length of a gradient.</summary>
public static class GradientNorm
{
    /// <summary>The Euclidean norm of the gradients of all parameters together.</summary>
    /// <param name="parameters">The parameters.</param>
    public static double Of(IEnumerable<TrainableParameter> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var all = parameters.ToArray();
        var squares = new double[all.Length];
        Parallel.For(0, all.Length, i =>
        {
            var gradient = all[i].Gradient.Floats;
            var sum = 0.0;

            // Blocks keep the error of float32 sums small.
            for (var start = 0; start < gradient.Length; start += Chunks.Length)
                sum += TensorPrimitives.SumOfSquares(gradient.Slice(start, Math.Min(Chunks.Length, gradient.Length - start)));
            squares[i] = sum;
        });
        return Math.Sqrt(squares.Sum());
    }
}
