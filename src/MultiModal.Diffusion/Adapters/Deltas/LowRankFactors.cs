namespace MultiModal.Diffusion.Adapters.Deltas;

/// <summary>Two matrices and their product: [rows, rank] and [rank, columns].</summary>
sealed class LowRankFactors(float[] left, float[] right, int rows, int rank, int columns)
{
    public int Rank => rank;

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
