namespace MultiModal.Runtime.Graphs;

/// <summary>A coefficient times a product of atoms (sorted by name, so that the key is canonical).</summary>
sealed record DimTerm(long Coefficient, IReadOnlyList<DimAtom> Atoms)
{
    public string Key { get; } = string.Join("*", Atoms.Select(a => a.Name));

    public DimTerm Times(long factor) => new(checked(Coefficient * factor), Atoms);

    public static DimTerm operator *(DimTerm a, DimTerm b) =>
        new(checked(a.Coefficient * b.Coefficient), [.. a.Atoms.Concat(b.Atoms).OrderBy(x => x.Name, StringComparer.Ordinal)]);

    /// <summary>The exact quotient, or null where the divisor is not a factor.</summary>
    public DimTerm? DivideBy(DimTerm divisor)
    {
        if (Coefficient % divisor.Coefficient != 0) return null;
        var left = Atoms.ToList();
        foreach (var atom in divisor.Atoms)
            if (!left.Remove(atom)) return null;
        return new(Coefficient / divisor.Coefficient, left);
    }

    /// <summary>The order of monomials in which polynomials are divided: by degree, then by the powers of atoms in the order of their names.</summary>
    public int CompareMonomial(DimTerm other)
    {
        if (Atoms.Count != other.Atoms.Count) return Atoms.Count.CompareTo(other.Atoms.Count);
        for (var i = 0; i < Atoms.Count; i++)
            if (string.CompareOrdinal(other.Atoms[i].Name, Atoms[i].Name) is var order and not 0) return order;
        return 0;
    }

    public bool Equals(DimTerm? other) => other is not null && Coefficient == other.Coefficient && Key == other.Key;

    public override int GetHashCode() => HashCode.Combine(Coefficient, Key);

    public override string ToString() => Coefficient == 1 ? Key : $"{Coefficient}*{Key}";
}

/// <summary>What cannot be taken apart further: a symbol, or a quotient that does not come out even.</summary>
sealed record DimAtom(string Name, Dim? Dividend = null, Dim? Divisor = null)
{
    public static DimAtom Quotient(Dim dividend, Dim divisor) => new($"floor({Parenthesise(dividend)}/{Parenthesise(divisor)})", dividend, divisor);

    public long Evaluate(IReadOnlyDictionary<string, long> symbols) =>
        Dividend is { } dividend
            ? Dim.FloorDivide(dividend.Evaluate(symbols), Divisor!.Value.Evaluate(symbols))
            : symbols.TryGetValue(Name, out var value) ? value : throw new KeyNotFoundException($"The symbol '{Name}' has no value.");

    public bool Equals(DimAtom? other) => other is not null && Name == other.Name;

    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    static string Parenthesise(Dim d) => d.IsKnown || (d.Constant == 0 && d.Terms is [{ Coefficient: 1, Atoms.Count: 1 }]) ? d.ToString() : $"({d})";
}
