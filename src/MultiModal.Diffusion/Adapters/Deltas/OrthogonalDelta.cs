using System.Buffers;
using System.Numerics.Tensors;

namespace MultiModal.Diffusion.Adapters.Deltas;

/// <summary>
/// Outputs rotated among each other, block by block (OFT, Qiu et al. 2023, equation 1): R^T W, with R = (I + Q)(I - Q)^-1 from a
/// skew-symmetric Q = S - S^T, Cayley's transform, where the file holds S and not R itself.
/// </summary>
sealed class OrthogonalDelta : WeightDelta
{
    readonly float[][] rotations;
    readonly float[]? rescale;
    readonly int size;

    public OrthogonalDelta(IReadOnlyList<long> shape, float[] blocks, int count, int size, bool areSeeds, double? limit, float[]? rescale)
        : base(shape)
    {
        (this.size, this.rescale) = (size, rescale);
        rotations = areSeeds ? Rotations(blocks, count, size, limit) : [.. Enumerable.Range(0, count).Select(i => blocks[(i * size * size)..((i + 1) * size * size)])];
    }

    public override bool IsByRows => false;

    public override void AddTo(Span<float> weight, int firstRow, float strength)
    {
        var rows = ArrayPool<float>.Shared.Rent(size * Columns);
        try
        {
            for (var k = 0; k < rotations.Length; k++)
            {
                var block = weight.Slice(k * size * Columns, size * Columns);
                block.CopyTo(rows);
                for (var m = 0; m < size; m++)
                {
                    // The new row is the sum of R[n, m] times row n; what is added is its distance from the old one.
                    var target = block.Slice(m * Columns, Columns);
                    var factor = strength * (rescale?[(k * size) + m] ?? 1);
                    TensorPrimitives.Multiply(target, 1 - strength, target);
                    for (var n = 0; n < size; n++)
                        TensorPrimitives.MultiplyAdd(rows.AsSpan(n * Columns, Columns), factor * rotations[k][(n * size) + m], target, target);
                }
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rows);
        }
    }

    static float[][] Rotations(float[] seeds, int count, int size, double? limit)
    {
        var area = size * size;
        var skew = new double[count * area];
        var squares = 0.0;
        for (var k = 0; k < count; k++)
            for (var i = 0; i < size; i++)
                for (var j = 0; j < size; j++)
                {
                    var value = (double)seeds[(k * area) + (i * size) + j] - seeds[(k * area) + (j * size) + i];
                    skew[(k * area) + (i * size) + j] = value;
                    squares += value * value;
                }

        // The norm of all blocks together may not pass the limit.
        var norm = Math.Sqrt(squares);
        var shrink = limit is { } most ? (Math.Min(norm, most) + 1e-8) / (norm + 1e-8) : 1;
        return [.. Enumerable.Range(0, count).Select(k => Cayley(skew.AsSpan(k * area, area), size, shrink))];
    }

    /// <summary>(I + Q)(I - Q)^-1: the solution of R (I - Q) = I + Q, by elimination; I - Q is never singular, Q being skew-symmetric.</summary>
    static float[] Cayley(ReadOnlySpan<double> skew, int size, double shrink)
    {
        // Transposed it is (I - Q)^T R^T = (I + Q)^T, and Q^T = -Q: (I + Q) R^T = I - Q.
        var width = 2 * size;
        var table = new double[size * width];
        for (var i = 0; i < size; i++)
            for (var j = 0; j < size; j++)
            {
                var q = skew[(i * size) + j] * shrink;
                var one = i == j ? 1.0 : 0;
                table[(i * width) + j] = one + q;
                table[(i * width) + size + j] = one - q;
            }

        for (var column = 0; column < size; column++)
        {
            var pivot = column;
            for (var i = column + 1; i < size; i++)
                if (Math.Abs(table[(i * width) + column]) > Math.Abs(table[(pivot * width) + column])) pivot = i;
            for (var j = 0; pivot != column && j < width; j++)
                (table[(pivot * width) + j], table[(column * width) + j]) = (table[(column * width) + j], table[(pivot * width) + j]);
            var own = table.AsSpan(column * width, width);
            TensorPrimitives.Divide(own, own[column], own);
            for (var i = 0; i < size; i++)
                if (i != column && table[(i * width) + column] is var factor && factor != 0)
                    TensorPrimitives.MultiplyAdd(own, -factor, table.AsSpan(i * width, width), table.AsSpan(i * width, width));
        }

        var rotation = new float[size * size];
        for (var i = 0; i < size; i++)
            for (var j = 0; j < size; j++) rotation[(j * size) + i] = (float)table[(i * width) + size + j];
        return rotation;
    }
}
