namespace MultiModal.Runtime.Graphs;

/// <summary>The length of one axis: a number, a named symbol, or an expression of them that is known once the inputs are.</summary>
/// <remarks>
/// A length is kept as a polynomial with integer coefficients over symbols, in one canonical form, so that two lengths that are
/// always the same compare equal: (8h + 2 - 3) / 2 + 1 is 4h. What does not divide evenly stays an atom of its own, "floor(n/2)",
/// which has a canonical form too: (n + 3) / 2 is floor((n + 1)/2) + 1, and half of a half is a quarter.
/// </remarks>
public readonly struct Dim : IEquatable<Dim>
{
    readonly DimTerm[]? terms;
    readonly long constant;

    Dim(DimTerm[]? terms, long constant)
    {
        this.terms = terms is { Length: > 0 } ? terms : null;
        this.constant = constant;
    }

    /// <summary>Whether the length is a number.</summary>
    public bool IsKnown => terms is null;

    /// <summary>The number.</summary>
    /// <exception cref="InvalidOperationException">The length is symbolic.</exception>
    public long Value => terms is null ? constant : throw new InvalidOperationException($"The length '{this}' is known only when the network runs.");

    internal long Constant => constant;

    internal IReadOnlyList<DimTerm> Terms => terms ?? [];

    /// <summary>A length that is known only when the network runs.</summary>
    /// <param name="name">What to call it, "height" for instance.</param>
    public static Dim Symbol(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Of(new DimAtom(name));
    }

    /// <summary>A number.</summary>
    /// <param name="value">The length.</param>
    public static implicit operator Dim(long value) => new(null, value);

    /// <summary>A named symbol.</summary>
    /// <param name="name">Its name.</param>
    public static implicit operator Dim(string name) => Symbol(name);

    /// <summary>The sum of two lengths.</summary>
    public static Dim operator +(Dim a, Dim b)
    {
        if (a.terms is null && b.terms is null) return checked(a.constant + b.constant);
        var sum = new SortedDictionary<string, DimTerm>(StringComparer.Ordinal);
        foreach (var term in a.Terms) sum[term.Key] = term;
        foreach (var term in b.Terms)
            sum[term.Key] = sum.TryGetValue(term.Key, out var other) ? new(checked(term.Coefficient + other.Coefficient), term.Atoms) : term;
        return Of(sum.Values, checked(a.constant + b.constant));
    }

    /// <summary>The difference of two lengths.</summary>
    public static Dim operator -(Dim a, Dim b) => a + (b * -1);

    /// <summary>The product of two lengths.</summary>
    public static Dim operator *(Dim a, Dim b)
    {
        Dim product = checked(a.constant * b.constant);
        foreach (var x in a.Terms)
        {
            if (b.constant != 0) product += new Dim([x.Times(b.constant)], 0);
            foreach (var y in b.Terms) product += new Dim([x * y], 0);
        }

        if (a.constant != 0)
            foreach (var y in b.Terms) product += new Dim([y.Times(a.constant)], 0);
        return product;
    }

    /// <summary>The quotient of two lengths, rounded down.</summary>
    /// <exception cref="DivideByZeroException">The divisor is the number zero.</exception>
    public static Dim operator /(Dim a, Dim b)
    {
        if (b.IsKnown) return b.constant == 0 ? throw new DivideByZeroException() : DimQuotient.ByNumber(a, b.constant);
        return DimQuotient.Exact(a, b) ?? Of(DimAtom.Quotient(a, b));
    }

    /// <summary>The quotient of two lengths, rounded up.</summary>
    /// <param name="a">The dividend.</param>
    /// <param name="b">The divisor.</param>
    public static Dim CeilingDivide(Dim a, Dim b) => (a + b - 1) / b;

    /// <summary>Whether two lengths are always the same.</summary>
    public static bool operator ==(Dim a, Dim b) => a.Equals(b);

    /// <summary>Whether two lengths may differ.</summary>
    public static bool operator !=(Dim a, Dim b) => !a.Equals(b);

    /// <summary>The length as a number, once its symbols are known.</summary>
    /// <param name="symbols">A value for every symbol.</param>
    /// <exception cref="KeyNotFoundException">A symbol has no value.</exception>
    public long Evaluate(IReadOnlyDictionary<string, long> symbols)
    {
        ArgumentNullException.ThrowIfNull(symbols);
        var sum = constant;
        foreach (var term in Terms)
        {
            var product = term.Coefficient;
            foreach (var atom in term.Atoms) product = checked(product * atom.Evaluate(symbols));
            sum = checked(sum + product);
        }

        return sum;
    }

    /// <inheritdoc/>
    public bool Equals(Dim other) => constant == other.constant && Terms.SequenceEqual(other.Terms);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Dim other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(constant, terms?.Length ?? 0, terms?[0].Key);

    /// <inheritdoc/>
    public override string ToString()
    {
        if (terms is null) return constant.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var text = string.Join(" + ", Terms.Select(t => t.ToString()));
        return constant == 0 ? text : constant > 0 ? $"{text} + {constant}" : $"{text} - {-constant}";
    }

    internal static long FloorDivide(long a, long b) => (a / b) - ((a % b != 0 && (a < 0) != (b < 0)) ? 1 : 0);

    internal static Dim Of(DimAtom atom) => new([new(1, [atom])], 0);

    internal static Dim Of(DimTerm term) => term.Atoms.Count == 0 ? term.Coefficient : new Dim([term], 0);

    internal static Dim Of(IEnumerable<DimTerm> terms, long constant) => new([.. terms.Where(t => t.Coefficient != 0)], constant);
}
