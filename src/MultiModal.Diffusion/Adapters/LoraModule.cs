using MultiModal.Diffusion.Adapters.Deltas;
using MultiModal.Runtime;
using MultiModal.Runtime.Weights;

namespace MultiModal.Diffusion.Adapters;

/// <summary>What an adapter's file holds for one layer.</summary>
/// <param name="file">The file, for errors.</param>
/// <param name="layer">The layer, as the file calls it.</param>
sealed class LoraModule(string file, string layer)
{
    readonly Dictionary<LoraRole, (string Name, TensorData Data)> tensors = [];

    /// <summary>The layer, as the file calls it.</summary>
    public string Layer => layer;

    /// <summary>The names of its tensors.</summary>
    public IEnumerable<string> Names => tensors.Values.Select(t => t.Name);

    /// <summary>Bytes of its tensors.</summary>
    public long ByteLength => tensors.Values.Sum(t => (long)t.Data.Bytes.Length);

    /// <summary>Alpha where the file says it elsewhere than beside the layer (PEFT's configuration).</summary>
    public double? CommonAlpha { get; set; }

    /// <summary>Whether alpha counts over the root of the rank (Kalajdzievski 2023).</summary>
    public bool IsRankStabilised { get; set; }

    public bool Has(LoraRole role) => tensors.ContainsKey(role);

    /// <summary>Takes a tensor in; false where the layer has one for that already.</summary>
    public bool Add(LoraRole role, string name, TensorData data) => tensors.TryAdd(role, (name, data));

    /// <summary>Which way it changes the layer.</summary>
    public LoraKind Kind =>
        Has(LoraRole.Hada1A) ? LoraKind.Hadamard
        : Has(LoraRole.Kron1) || Has(LoraRole.Kron1A) ? LoraKind.Kronecker
        : Has(LoraRole.RotationSeeds) || Has(LoraRole.Rotations) ? LoraKind.Orthogonal
        : Has(LoraRole.GloraA1) ? LoraKind.Generalised
        : Has(LoraRole.Factors) ? LoraKind.Factors
        : Has(LoraRole.Up) || Has(LoraRole.Down) ? LoraKind.LowRank
        : LoraKind.Full;

    public bool IsDecomposed => Has(LoraRole.Magnitude) || Has(LoraRole.OutputMagnitude);

    /// <summary>The rank, 0 for kinds without one.</summary>
    public int Rank => Find(LoraRole.Down) is { } down ? (int)down.Dimensions[0]
        : (Find(LoraRole.Hada1B) ?? Find(LoraRole.Kron2B) ?? Find(LoraRole.Kron1B)) is { } right ? (int)right.Dimensions[0] : 0;

    /// <summary>The change of the layer's weight; null where the file has only one of its bias.</summary>
    /// <param name="shape">The weight's.</param>
    /// <param name="maximumRank">How many ranks of a low-rank change count; null for all.</param>
    /// <exception cref="InvalidFileException">The tensors do not make a change of that shape.</exception>
    public WeightDelta? ForWeight(IReadOnlyList<long> shape, int? maximumRank = null)
    {
        WeightDelta? delta = Kind switch
        {
            LoraKind.LowRank => LowRank(shape, maximumRank),
            LoraKind.Hadamard => Hadamard(shape),
            LoraKind.Kronecker => Kronecker(shape),
            LoraKind.Orthogonal => Orthogonal(shape),
            LoraKind.Generalised => Generalised(shape),
            LoraKind.Factors => ByFactors(shape),
            _ => (Find(LoraRole.Difference) ?? Find(LoraRole.NormDifference)) is { } difference ? new FullDelta(shape, Floats(difference, Count(shape)), Factor(null)) : null,
        };
        if (delta is null || !IsDecomposed) return delta;
        var magnitude = Find(LoraRole.Magnitude) ?? Find(LoraRole.OutputMagnitude)!;
        var (rows, inputs) = (shape[0], shape.Count > 1 ? shape[1] : 1);
        var perOutput = Has(LoraRole.OutputMagnitude) || (magnitude.Dimensions[0] == rows && magnitude.Length == rows);
        return perOutput ? new OutputDecomposedDelta(delta, Floats(magnitude, rows)) : new InputDecomposedDelta(delta, Floats(magnitude, inputs));
    }

    /// <summary>The change of the layer's bias; null where there is none.</summary>
    /// <param name="shape">The bias's.</param>
    /// <exception cref="InvalidFileException">It is of another length.</exception>
    public WeightDelta? ForBias(IReadOnlyList<long> shape)
    {
        if ((Find(LoraRole.BiasDifference) ?? Find(LoraRole.NormBiasDifference)) is { } difference) return new FullDelta(shape, Floats(difference, Count(shape)), 1);

        // PEFT's is a bias of the upper layer, behind which the scale stands.
        return Find(LoraRole.UpBias) is { } bias ? new FullDelta(shape, Floats(bias, Count(shape)), Factor(Rank)) : null;
    }

    /// <summary>Whether there is a change of a bias.</summary>
    public bool HasBias => Has(LoraRole.BiasDifference) || Has(LoraRole.NormBiasDifference) || Has(LoraRole.UpBias);

    /// <summary>Whether there is a change of a weight.</summary>
    public bool HasWeight => Kind != LoraKind.Full || Has(LoraRole.Difference) || Has(LoraRole.NormDifference);

    /// <summary>Whether it changes anything, and the layer has what it changes.</summary>
    public bool Fits(LoraTarget target) => (HasWeight || HasBias) && (!HasWeight || target.Weight is not null) && (!HasBias || target.Bias is not null);

    /// <summary>Whether the change of the weight is a product of two matrices and nothing else.</summary>
    public bool IsPlainLowRank => Kind == LoraKind.LowRank && !IsDecomposed;

    /// <summary>The two matrices of a low-rank change, and what their product is multiplied with.</summary>
    /// <exception cref="InvalidFileException">They do not make a change of that shape.</exception>
    public (LowRankFactors Factors, float Scale) LowRankOf(IReadOnlyList<long> shape, int? maximumRank)
    {
        var factors = Factors(LoraRole.Up, LoraRole.Down, LoraRole.Mid, shape, outputsFirst: true);
        return (maximumRank is { } most && most < factors.Rank ? factors.Cut(most) : factors, Factor(factors.Rank));
    }

    LowRankDelta LowRank(IReadOnlyList<long> shape, int? maximumRank)
    {
        var (factors, scale) = LowRankOf(shape, maximumRank);
        return new(shape, factors, scale);
    }

    HadamardDelta Hadamard(IReadOnlyList<long> shape)
    {
        var left = Factors(LoraRole.Hada1A, LoraRole.Hada1B, LoraRole.Hada1Core, shape, outputsFirst: !Has(LoraRole.Hada1Core));
        var right = Factors(LoraRole.Hada2A, LoraRole.Hada2B, LoraRole.Hada2Core, shape, outputsFirst: !Has(LoraRole.Hada2Core));
        return new(shape, left, right, Factor(left.Rank));
    }

    KroneckerDelta Kronecker(IReadOnlyList<long> shape)
    {
        var (left, leftRows, leftColumns) = Has(LoraRole.Kron1) ? Matrix(Get(LoraRole.Kron1)) : Product(LoraRole.Kron1A, LoraRole.Kron1B);
        if (leftRows == 0 || leftColumns == 0 || shape[0] % leftRows != 0 || Columns(shape) % leftColumns != 0) throw Misshapen(shape);
        long[] inner = [shape[0] / leftRows, .. shape.Skip(1)];
        if (inner.Length > 1) inner[1] /= leftColumns;
        float[] right;
        if (Has(LoraRole.Kron2)) right = Floats(Get(LoraRole.Kron2), Count(inner));
        else if (Has(LoraRole.Kron2Core)) right = Factors(LoraRole.Kron2A, LoraRole.Kron2B, LoraRole.Kron2Core, inner, outputsFirst: false).Multiply();
        else right = Factors(LoraRole.Kron2A, LoraRole.Kron2B, null, inner, outputsFirst: true).Multiply();

        // With both factors in full there is no rank to divide alpha by, and LyCORIS ignores it.
        var rank = (Find(LoraRole.Kron2B) ?? Find(LoraRole.Kron1B)) is { } low ? (int)low.Dimensions[0] : (int?)null;
        return new(shape, left, leftRows, leftColumns, right, rank is null ? 1 : Factor(rank));
    }

    GeneralisedDelta Generalised(IReadOnlyList<long> shape)
    {
        var (rows, columns) = ((int)shape[0], (int)Columns(shape));
        var (a1, a2, b1, b2) = (Get(LoraRole.GloraA1), Get(LoraRole.GloraA2), Get(LoraRole.GloraB1), Get(LoraRole.GloraB2));
        if (a1.Dimensions.Count < 2 || b1.Dimensions.Count < 2) throw Misshapen(shape);
        var (first, second) = ((int)a1.Dimensions[0], (int)b1.Dimensions[0]);
        return new(
            shape, new(Floats(a2, (long)columns * first), Floats(a1, (long)first * columns), columns, first, columns),
            new(Floats(b2, (long)rows * second), Floats(b1, (long)second * columns), rows, second, columns), Factor(second));
    }

    OrthogonalDelta Orthogonal(IReadOnlyList<long> shape)
    {
        var seeds = Find(LoraRole.RotationSeeds);
        var blocks = seeds ?? Get(LoraRole.Rotations);
        if (blocks.Dimensions is not [var count, var size, var same] || size != same || count < 1 || size < 1 || count * size != shape[0] || size > 4096) throw Misshapen(shape);

        // kohya keeps alpha as the largest norm allowed, by output.
        var limit = seeds is not null && Find(LoraRole.Alpha) is not null ? Alpha() * shape[0] : (double?)null;
        var rescale = Find(LoraRole.Rescale) is { } factors ? Floats(factors, shape[0]) : null;
        return new(shape, Floats(blocks, blocks.Length), (int)count, (int)size, seeds is not null, limit, rescale);
    }

    FactorDelta ByFactors(IReadOnlyList<long> shape)
    {
        var factors = Get(LoraRole.Factors);
        var onInput = Number(LoraRole.OnInput) != 0;
        return new(shape, Floats(factors, onInput ? shape.Count > 1 ? shape[1] : 1 : shape[0]), onInput);
    }

    /// <summary>Two matrices whose product is a change: [rows, rank] and [rank, columns], Tucker's core multiplied into the second.</summary>
    LowRankFactors Factors(LoraRole left, LoraRole right, LoraRole? core, IReadOnlyList<long> shape, bool outputsFirst)
    {
        var (up, down) = (Get(left), Get(right));
        var (rows, columns) = ((int)shape[0], (int)Columns(shape));
        if (up.Dimensions.Count < 2 || down.Dimensions.Count < 2) throw Misshapen(shape);
        var rank = (int)(outputsFirst ? up.Dimensions[1] : up.Dimensions[0]);
        var upper = Floats(up, (long)rows * rank);
        if (!outputsFirst) upper = Transpose(upper, rank, rows);
        if (core is not { } role || Find(role) is not { } middle) return new(upper, Floats(down, (long)rank * columns), rows, rank, columns);

        // mid[n, m, k] * down[m, j] to lower[n, j, k].
        var area = (int)(middle.Dimensions.Count > 2 ? TensorData.ElementCount([.. middle.Dimensions.Skip(2)]) : 1);
        var inner = (int)down.Dimensions[0];
        if (area == 0 || columns % area != 0) throw Misshapen(shape);
        var inputs = columns / area;
        var (mid, low) = (Floats(middle, (long)rank * inner * area), Floats(down, (long)inner * inputs));
        var lower = new float[rank * columns];
        for (var n = 0; n < rank; n++)
            for (var m = 0; m < inner; m++)
                for (var j = 0; j < inputs; j++)
                {
                    var value = low[(m * inputs) + j];
                    var from = ((n * inner) + m) * area;
                    var to = (n * columns) + (j * area);
                    for (var k = 0; k < area; k++) lower[to + k] += mid[from + k] * value;
                }

        return new(upper, lower, rows, rank, columns);
    }

    (float[] Values, int Rows, int Columns) Product(LoraRole left, LoraRole right)
    {
        var (a, rows, rank) = Matrix(Get(left));
        var (b, same, columns) = Matrix(Get(right));
        return rank == same ? (new LowRankFactors(a, b, rows, rank, columns).Multiply(), rows, columns)
            : throw new InvalidFileException(file, $"its factors have {rank} and {same} ranks.", $"layer '{layer}'");
    }

    (float[] Values, int Rows, int Columns) Matrix(TensorData data) => data.Dimensions.Count >= 2
        ? (Floats(data, data.Length), (int)data.Dimensions[0], (int)(data.Length / Math.Max(data.Dimensions[0], 1)))
        : throw new InvalidFileException(file, "a factor is no matrix.", $"layer '{layer}'");

    /// <summary>What the change is multiplied with: the scale where there is one, otherwise alpha by rank; alpha 0 or none counts as the rank.</summary>
    float Factor(int? rank)
    {
        if (Find(LoraRole.Scale) is not null) return Number(LoraRole.Scale);
        if (rank is not > 0 || Alpha() is not { } alpha || alpha == 0) return 1;
        return (float)(alpha / (IsRankStabilised ? Math.Sqrt(rank.Value) : rank.Value));
    }

    double? Alpha() => Find(LoraRole.Alpha) is null ? CommonAlpha : Number(LoraRole.Alpha);

    float Number(LoraRole role)
    {
        var data = Get(role);
        var value = data.Length == 1 ? Floats(data, 1)[0] : float.NaN;
        return float.IsFinite(value) ? value : throw new InvalidFileException(file, "expected one finite number.", $"tensor '{tensors[role].Name}'");
    }


    TensorData? Find(LoraRole role) => tensors.TryGetValue(role, out var tensor) ? tensor.Data : null;

    TensorData Get(LoraRole role) => Find(role)
        ?? throw new InvalidFileException(file, $"the part '{role}' of the change is missing.", $"layer '{layer}'", "Take the file from where the adapter came from.");

    float[] Floats(TensorData data, long expected)
    {
        if (data.Length != expected)
            throw new InvalidFileException(
                file, $"a tensor of {data.Length} numbers ([{string.Join(", ", data.Dimensions)}]) stands where {expected} fit.", $"layer '{layer}'",
                "The adapter is for another family of models, or damaged.");
        var values = new float[data.Length];
        ElementConversion.ToFloat32(data.Type, data.Bytes, values);
        return values;
    }

    InvalidFileException Misshapen(IReadOnlyList<long> shape) => new(
        file, $"its tensors make no change of a weight of the shape [{string.Join(", ", shape)}].", $"layer '{layer}'",
        "The adapter is for another family of models, or damaged.");

    static float[] Transpose(float[] values, int rows, int columns)
    {
        var result = new float[values.Length];
        for (var r = 0; r < rows; r++)
            for (var c = 0; c < columns; c++) result[(c * rows) + r] = values[(r * columns) + c];
        return result;
    }

    static long Count(IReadOnlyList<long> shape) => TensorData.ElementCount([.. shape]);

    static long Columns(IReadOnlyList<long> shape) => Count(shape) / Math.Max(shape[0], 1);
}
