using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MultiModal.Diffusion.Adapters.Deltas;

/// <summary>Products of a tall and a wide matrix, added to a large one: what merging an adapter of low rank is.</summary>
static class MatrixProduct
{
    // Columns done at once: rank times as many floats of the wide matrix stay in the first-level cache while the rows pass by.
    const int Strip = 256;

    /// <summary>target += factor * left * right</summary>
    /// <param name="left">[rows, rank]</param>
    /// <param name="right">[rank, columns]</param>
    /// <param name="target">[rows, columns]</param>
    /// <param name="rows">Rows of the target.</param>
    /// <param name="rank">Columns of the left.</param>
    /// <param name="columns">Columns of the target.</param>
    /// <param name="factor">What the product is multiplied with.</param>
    public static void Add(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> target, int rows, int rank, int columns, float factor)
    {
        if (left.Length < rows * rank || right.Length < rank * columns || target.Length < rows * columns) throw new ArgumentException("The matrices do not fit.");
        Span<float> scaled = rows * rank <= 4096 ? stackalloc float[rows * rank] : new float[rows * rank];
        System.Numerics.Tensors.TensorPrimitives.Multiply(left[..(rows * rank)], factor, scaled);
        ref var a = ref MemoryMarshal.GetReference(scaled);
        ref var b = ref MemoryMarshal.GetReference(right);
        ref var c = ref MemoryMarshal.GetReference(target);
        for (var start = 0; start < columns; start += Strip)
        {
            var end = Math.Min(start + Strip, columns);
            var row = 0;
            for (; row + 4 <= rows; row += 4) FourRows(ref Unsafe.Add(ref a, row * rank), ref b, ref Unsafe.Add(ref c, row * columns), start, end, rank, columns);
            for (; row < rows; row++) OneRow(ref Unsafe.Add(ref a, row * rank), ref b, ref Unsafe.Add(ref c, row * columns), start, end, rank, columns);
        }
    }

    /// <summary>Four rows by two vectors of columns at a time: eight sums in registers, two loads and four broadcasts a rank.</summary>
    static void FourRows(ref float a, ref float b, ref float c, int start, int end, int rank, int columns)
    {
        var size = Vector512<float>.Count;
        var column = start;
        for (; column + (2 * size) <= end; column += 2 * size)
        {
            ref var t0 = ref Unsafe.Add(ref c, column);
            ref var t1 = ref Unsafe.Add(ref t0, columns);
            ref var t2 = ref Unsafe.Add(ref t1, columns);
            ref var t3 = ref Unsafe.Add(ref t2, columns);
            var (s00, s01) = (Vector512.LoadUnsafe(ref t0), Vector512.LoadUnsafe(ref t0, (nuint)size));
            var (s10, s11) = (Vector512.LoadUnsafe(ref t1), Vector512.LoadUnsafe(ref t1, (nuint)size));
            var (s20, s21) = (Vector512.LoadUnsafe(ref t2), Vector512.LoadUnsafe(ref t2, (nuint)size));
            var (s30, s31) = (Vector512.LoadUnsafe(ref t3), Vector512.LoadUnsafe(ref t3, (nuint)size));
            for (var r = 0; r < rank; r++)
            {
                ref var from = ref Unsafe.Add(ref b, (r * columns) + column);
                var (b0, b1) = (Vector512.LoadUnsafe(ref from), Vector512.LoadUnsafe(ref from, (nuint)size));
                var a0 = Vector512.Create(Unsafe.Add(ref a, r));
                var a1 = Vector512.Create(Unsafe.Add(ref a, rank + r));
                var a2 = Vector512.Create(Unsafe.Add(ref a, (2 * rank) + r));
                var a3 = Vector512.Create(Unsafe.Add(ref a, (3 * rank) + r));
                (s00, s01) = (Vector512.FusedMultiplyAdd(a0, b0, s00), Vector512.FusedMultiplyAdd(a0, b1, s01));
                (s10, s11) = (Vector512.FusedMultiplyAdd(a1, b0, s10), Vector512.FusedMultiplyAdd(a1, b1, s11));
                (s20, s21) = (Vector512.FusedMultiplyAdd(a2, b0, s20), Vector512.FusedMultiplyAdd(a2, b1, s21));
                (s30, s31) = (Vector512.FusedMultiplyAdd(a3, b0, s30), Vector512.FusedMultiplyAdd(a3, b1, s31));
            }

            s00.StoreUnsafe(ref t0);
            s01.StoreUnsafe(ref t0, (nuint)size);
            s10.StoreUnsafe(ref t1);
            s11.StoreUnsafe(ref t1, (nuint)size);
            s20.StoreUnsafe(ref t2);
            s21.StoreUnsafe(ref t2, (nuint)size);
            s30.StoreUnsafe(ref t3);
            s31.StoreUnsafe(ref t3, (nuint)size);
        }

        for (var row = 0; row < 4; row++) OneRow(ref Unsafe.Add(ref a, row * rank), ref b, ref Unsafe.Add(ref c, row * columns), column, end, rank, columns);
    }

    static void OneRow(ref float a, ref float b, ref float c, int start, int end, int rank, int columns)
    {
        for (var column = start; column < end; column++)
        {
            var sum = Unsafe.Add(ref c, column);
            for (var r = 0; r < rank; r++) sum = MathF.FusedMultiplyAdd(Unsafe.Add(ref a, r), Unsafe.Add(ref b, (r * columns) + column), sum);
            Unsafe.Add(ref c, column) = sum;
        }
    }
}
