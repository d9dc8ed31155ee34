namespace MultiModal.Voice.Pitch;

/// <summary>The minimum of a function of one variable by golden sections and parabolas: R. Brent, "Algorithms for Minimization without Derivatives", 1973.</summary>
static class BrentMinimum
{
    const int MaxSteps = 60;
    static readonly double Golden = (3 - Math.Sqrt(5)) / 2;
    static readonly double Precision = Math.Sqrt(2.220446049250313e-16);

    /// <summary>Finds a minimum between two points.</summary>
    /// <param name="function">The function.</param>
    /// <param name="low">The lower end.</param>
    /// <param name="high">The upper end.</param>
    /// <param name="tolerance">How exactly, beside the precision of numbers.</param>
    internal static (double Position, double Value) Find(Func<double, double> function, double low, double high, double tolerance)
    {
        // x is the best point, w the second, v the one before.
        var x = low + (Golden * (high - low));
        var fx = function(x);
        var (w, fw, v, fv) = (x, fx, x, fx);
        var (moved, movedBefore) = (0.0, 0.0);
        for (var i = 0; i < MaxSteps; i++)
        {
            var middle = (low + high) / 2;
            var near = (Precision * Math.Abs(x)) + (tolerance / 3);
            if (Math.Abs(x - middle) <= (2 * near) - ((high - low) / 2))
                break;
            var step = Parabola(x, fx, w, fw, v, fv, low, high, movedBefore, near, middle);
            if (step is { } taken)
            {
                (movedBefore, moved) = (moved, taken);
            }
            else
            {
                movedBefore = x >= middle ? low - x : high - x;
                moved = Golden * movedBefore;
            }

            var u = x + (Math.Abs(moved) >= near ? moved : Math.CopySign(near, moved));
            var fu = function(u);
            if (fu <= fx)
            {
                (low, high) = u >= x ? (x, high) : (low, x);
                (v, fv, w, fw, x, fx) = (w, fw, x, fx, u, fu);
                continue;
            }

            (low, high) = u < x ? (u, high) : (low, u);
            if (fu <= fw || w == x)
                (v, fv, w, fw) = (w, fw, u, fu);
            else if (fu <= fv || v == x || v == w)
                (v, fv) = (u, fu);
        }

        return (x, fx);
    }

    /// <summary>The step to the vertex of the parabola through three points, where it lies well inside and steps get smaller.</summary>
    static double? Parabola(double x, double fx, double w, double fw, double v, double fv, double low, double high, double movedBefore, double near, double middle)
    {
        if (Math.Abs(movedBefore) <= near)
            return null;
        var r = (x - w) * (fx - fv);
        var q = (x - v) * (fx - fw);
        var p = ((x - v) * q) - ((x - w) * r);
        q = 2 * (q - r);
        if (q > 0)
            p = -p;
        q = Math.Abs(q);
        if (!(Math.Abs(p) < Math.Abs(q * movedBefore / 2) && p > q * (low - x) && p < q * (high - x)))
            return null;
        var step = p / q;
        var u = x + step;
        return u - low < 2 * near || high - u < 2 * near ? Math.CopySign(near, middle - x) : step;
    }
}
