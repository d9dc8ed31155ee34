using System.Runtime.Intrinsics;

namespace MultiModal.Runtime.Random;

/// <summary>Sixteen uniform numbers into sixteen normal ones, with the rounding of PyTorch's AVX2 kernel.</summary>
/// <remarks>
/// PyTorch computes logarithm, sine and cosine by the polynomials of Cephes (S. Moshier, single precision: logf, sinf, cosf) on eight
/// lanes with fused multiply-adds. The same polynomials in the same order of operations give the same numbers, and are faster
/// than the library's functions one at a time. Where a product could be fused with either of two sums, the choice is the one that
/// reproduces PyTorch to the last bit.
/// </remarks>
static class BoxMuller
{
    public const int Block = 16;

    /// <summary>Replaces u[0..16), in [0, 1), by normal numbers: pair j is (u[j], u[j + 8]).</summary>
    public static void Transform(Span<float> block, float mean, float deviation)
    {
        var one = Vector256.Create(1f);
        var radius = Vector256.Sqrt(Log(one - Vector256.Create<float>(block)) * -2f);
        var (sine, cosine) = SinCos(Vector256.Create<float>(block[8..]) * (float)(2 * Math.PI));
        var scale = Vector256.Create(deviation);
        var shift = Vector256.Create(mean);
        Vector256.FusedMultiplyAdd(radius * cosine, scale, shift).CopyTo(block);
        Vector256.FusedMultiplyAdd(radius * sine, scale, shift).CopyTo(block[8..]);
    }

    /// <summary>The natural logarithm of normal positive numbers: x = m * 2^e with m in [sqrt(1/2), sqrt(2)), polynomial in m - 1.</summary>
    static Vector256<float> Log(Vector256<float> x)
    {
        var one = Vector256.Create(1f);
        var bits = x.AsInt32();
        var exponent = Vector256.ConvertToSingle((bits >>> 23) - Vector256.Create(126));
        var mantissa = ((bits & Vector256.Create(0x007FFFFF)) | Vector256.Create(0x3F000000)).AsSingle();
        var small = Vector256.LessThan(mantissa, Vector256.Create(0.707106781186547524f));
        exponent -= Vector256.ConditionalSelect(small, one, Vector256<float>.Zero);
        var m = mantissa - one + Vector256.ConditionalSelect(small, mantissa, Vector256<float>.Zero);

        var square = m * m;
        var y = Polynomial(
            m,
            [
                7.0376836292E-2f, -1.1514610310E-1f, 1.1676998740E-1f, -1.2420140846E-1f, 1.4249322787E-1f,
                -1.6668057665E-1f, 2.0000714765E-1f, -2.4999993993E-1f, 3.3333331174E-1f,
            ]);
        y = Vector256.FusedMultiplyAdd(y * m, square, exponent * -2.12194440e-4f);
        y = Vector256.FusedMultiplyAdd(square, Vector256.Create(-0.5f), y);
        return Vector256.FusedMultiplyAdd(exponent, Vector256.Create(0.693359375f), m + y);
    }

    /// <summary>Sine and cosine of numbers from 0 to 2 pi: x less the nearest even multiple of pi/4, in three parts, then a polynomial.</summary>
    static (Vector256<float> Sine, Vector256<float> Cosine) SinCos(Vector256<float> x)
    {
        var octant = (Vector256.ConvertToInt32(x * 1.27323954473516f) + Vector256<int>.One) & Vector256.Create(~1);
        var multiple = Vector256.ConvertToSingle(octant);
        var sineSign = ((octant & Vector256.Create(4)) << 29).AsSingle();
        var cosineSign = (Vector256.AndNot(Vector256.Create(4), octant - Vector256.Create(2)) << 29).AsSingle();
        var even = Vector256.Equals(octant & Vector256.Create(2), Vector256<int>.Zero).AsSingle();

        x = Vector256.FusedMultiplyAdd(multiple, Vector256.Create(-0.78515625f), x);
        x = Vector256.FusedMultiplyAdd(multiple, Vector256.Create(-2.4187564849853515625e-4f), x);
        x = Vector256.FusedMultiplyAdd(multiple, Vector256.Create(-3.77489497744594108e-8f), x);
        var square = x * x;

        var cosine = Polynomial(square, [2.443315711809948E-005f, -1.388731625493765E-003f, 4.166664568298827E-002f]) * square;
        cosine = Vector256.FusedMultiplyAdd(cosine, square, square * -0.5f) + Vector256.Create(1f);
        var sine = Polynomial(square, [-1.9515295891E-4f, 8.3321608736E-3f, -1.6666654611E-1f]) * square;
        sine = Vector256.FusedMultiplyAdd(sine, x, x);
        return (Vector256.ConditionalSelect(even, sine, cosine) ^ sineSign, Vector256.ConditionalSelect(even, cosine, sine) ^ cosineSign);
    }

    static Vector256<float> Polynomial(Vector256<float> x, ReadOnlySpan<float> coefficients)
    {
        var y = Vector256.Create(coefficients[0]);
        foreach (var coefficient in coefficients[1..])
            y = Vector256.FusedMultiplyAdd(y, x, Vector256.Create(coefficient));
        return y;
    }
}
