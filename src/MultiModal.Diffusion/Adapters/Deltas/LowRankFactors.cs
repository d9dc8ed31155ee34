namespace MultiModal.Diffusion.Adapters.Deltas;

/// <summary>Two matrices and their product: [rows, rank] and [rank, columns].</summary>
sealed class LowRankFactors(float[] left, float[] right, int rows, int rank, int columns)
{
    public int Rank => rank;

    /// <summary>Several products added up, each times a number, as one: the ranks side by side.</summary>
    public static LowRankFactors Sum(IReadOnlyList<(LowRankFactors Factors, float Strength)> parts)
    {
        var (first, total) = (parts[0].Factors, parts.Sum(p => p.Factors.Rank));
        var sum = new LowRankFactors(new float[first.Rows * total], new float[total * first.Columns], first.Rows, total, first.Columns);
        var at = 0;
        foreach (var (factors, strength) in parts)
        {
            for (var row = 0; row < first.Rows; row++)
                for (var r = 0; r < factors.Rank; r++) sum.Left[(row * total) + at + r] = factors.Left[(row * factors.Rank) + r] * strength;
            factors.Right.CopyTo(sum.Right, at * first.Columns);
            at += factors.Rank;
        }

        return sum;
    }

    public float[] Left => left;

    public float[] Right => right;

    public int Rows => rows;

    public int Columns => columns;

    /// <summary>The first ranks only.</summary>
    public LowRankFactors Cut(int most)
    {
        var fewer = new float[rows * most];
        for (var row = 0; row < rows; row++) left.AsSpan(row * rank, most).CopyTo(fewer.AsSpan(row * most));
        return new(fewer, right[..(most * columns)], rows, most, columns);
    }

    /// <summary>Adds rows of the product, times a factor, to a matrix.</summary>
    public void AddTo(Span<float> target, int firstRow, float factor) =>
        MatrixProduct.Add(left.AsSpan(firstRow * rank), right, target, target.Length / columns, rank, columns, factor);

    /// <summary>The product.</summary>
    public float[] Multiply()
    {
        var product = new float[rows * columns];
        AddTo(product, 0, 1);
        return product;
    }
}
