using System.Numerics;
using System.Runtime.InteropServices;

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
                sum += SumOfSquares(gradient.Slice(start, Math.Min(Chunks.Length, gradient.Length - start)));
            squares[i] = sum;
        });
        return Math.Sqrt(squares.Sum());
    }

    /// <summary>
    /// In the order of the elements, whatever their address: TensorPrimitives begins with the elements before an aligned address, so that the same numbers
    /// elsewhere in memory have another sum in the last digit, and a resumed training would go another way.
    /// </summary>
    static float SumOfSquares(ReadOnlySpan<float> values)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        var (even, odd) = (Vector<float>.Zero, Vector<float>.Zero);
        for (var i = 0; i + 1 < vectors.Length; i += 2)
        {
            even += vectors[i] * vectors[i];
            odd += vectors[i + 1] * vectors[i + 1];
        }

        if (vectors.Length % 2 == 1) even += vectors[^1] * vectors[^1];
        var sum = Vector.Sum(even + odd);
        for (var i = vectors.Length * Vector<float>.Count; i < values.Length; i++) sum += values[i] * values[i];
        return sum;
    }
}
