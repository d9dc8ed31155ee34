using System.Numerics;

namespace MultiModal.Voice.Pitch;

/// <summary>
/// Interpolates between samples with a sinc under a raised cosine, Boersma 1993, equation 22: to each side of x as many samples as the depth says, at
/// distance d weighing sin(pi d)/(pi d) * (1/2 + 1/2 cos(pi d / (depth + e))), e being the distance of the nearest on that side. Immutable.
/// </summary>
sealed class SincInterpolation
{
    readonly int depth;
    readonly double[] signs;
    readonly double[] steps;

    internal SincInterpolation(int depth)
    {
        this.depth = depth;
        signs = new double[depth];
        steps = new double[depth];
        for (var k = 0; k < depth; k++)
            (signs[k], steps[k]) = (k % 2 == 0 ? 1 : -1, k);
    }

    /// <summary>The value at a lag of a function that is the same at negative lags.</summary>
    /// <param name="values">Its values at lags -n ... n.</param>
    /// <param name="n">The largest lag.</param>
    /// <param name="lag">The lag, from 0 to n.</param>
    internal double At(ReadOnlySpan<double> values, int n, double lag)
    {
        var left = (int)Math.Floor(lag);
        if (lag == left || left < 0 || left >= n)
            return values[n + Math.Clamp(left, 0, n)];

        // Fewer near the end. The function is even, so what lies to the left in falling order lies to the right of -left in rising order.
        var count = Math.Min(depth, n - left);
        if (count < 3)
            return values[n + left] + ((lag - left) * (values[n + left + 1] - values[n + left]));
        var fraction = lag - left;
        return Side(values.Slice(n - left, count), fraction) + Side(values.Slice(n + left + 1, count), 1 - fraction);
    }

    double Side(ReadOnlySpan<double> values, double distance)
    {
        // The window's angle grows by the same step from sample to sample: a rotation, several samples at a time.
        var step = Math.PI / (values.Length + distance);
        var width = Vector<double>.Count;
        Span<double> lanes = stackalloc double[2 * width];
        for (var lane = 0; lane < width; lane++)
            (lanes[width + lane], lanes[lane]) = Math.SinCos(step * (lane + distance));
        var cosines = new Vector<double>(lanes);
        var sines = new Vector<double>(lanes[width..]);
        var (turnS, turnC) = Math.SinCos(step * width);
        var total = Vector<double>.Zero;
        var k = 0;
        for (; k <= values.Length - width; k += width)
        {
            var weight = new Vector<double>(signs, k) / (new Vector<double>(steps, k) + new Vector<double>(distance));
            total += new Vector<double>(values[k..]) * weight * (Vector<double>.One + cosines);
            (cosines, sines) = ((cosines * turnC) - (sines * turnS), (sines * turnC) + (cosines * turnS));
        }

        var sum = Vector.Sum(total);
        for (; k < values.Length; k++)
            sum += values[k] * signs[k] / (k + distance) * (1 + Math.Cos(step * (k + distance)));
        return sum * Math.Sin(Math.PI * distance) / Math.PI * 0.5;
    }
}
