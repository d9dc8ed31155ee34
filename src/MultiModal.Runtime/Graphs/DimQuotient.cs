namespace MultiModal.Runtime.Graphs;

/// <summary>Division of lengths: exact where the divisor is a factor, otherwise to one canonical form of the rounded quotient.</summary>
static class DimQuotient
{
    /// <summary>The quotient by a number, rounded down. Whatever is a multiple of the divisor is taken out; what is left has coefficients from 0 to divisor - 1.</summary>
    public static Dim ByNumber(Dim a, long b)
    {
        if (a.IsKnown) return Dim.FloorDivide(a.Constant, b);
        if (b < 0) (a, b) = (a * -1, checked(-b));
        if (b == 1) return a;
        Dim whole = Dim.FloorDivide(a.Constant, b);
        Dim rest = Remainder(a.Constant, b);
        foreach (var term in a.Terms)
        {
            whole += Dim.Of([new(Dim.FloorDivide(term.Coefficient, b), term.Atoms)], 0);
            rest += Dim.Of([new(Remainder(term.Coefficient, b), term.Atoms)], 0);
        }

        if (rest.IsKnown) return whole;

        // floor((g t + r) / (g b)) = floor((t + floor(r / g)) / b) for a whole t.
        var common = rest.Terms.Aggregate(b, (g, t) => GreatestCommonDivisor(g, t.Coefficient));
        if (common > 1)
        {
            rest = Dim.Of(rest.Terms.Select(t => new DimTerm(t.Coefficient / common, t.Atoms)), rest.Constant / common);
            b /= common;
        }

        // floor((floor(x / c) + r) / b) = floor((x + c r) / (c b)).
        if (rest.Terms is [{ Coefficient: 1, Atoms: [{ Dividend: { } dividend, Divisor: { IsKnown: true, Value: > 0 and var inner } }] }])
            return whole + ByNumber(dividend + (inner * rest.Constant), checked(inner * b));
        return whole + Dim.Of(DimAtom.Quotient(rest, b));
    }

    /// <summary>The quotient where the divisor is a factor (polynomial division by leading terms); null where it is not.</summary>
    public static Dim? Exact(Dim a, Dim b)
    {
        var divisor = Leading(b);
        Dim quotient = 0;
        while (a != 0)
        {
            if (Leading(a).DivideBy(divisor) is not { } part) return null;
            quotient += Dim.Of(part);
            a -= b * Dim.Of(part);
        }

        return quotient;
    }

    /// <summary>Each step of a division takes the leading term away, so that it ends.</summary>
    static DimTerm Leading(Dim d) =>
        d.IsKnown ? new(d.Constant, []) : d.Terms.Aggregate((x, y) => x.CompareMonomial(y) >= 0 ? x : y);

    static long Remainder(long a, long b) => a - (Dim.FloorDivide(a, b) * b);

    static long GreatestCommonDivisor(long a, long b) => b == 0 ? a : GreatestCommonDivisor(b, a % b);
}
