namespace MultiModal.Runtime.Weights.Maps;

/// <summary>A source seen through a <see cref="WeightMap"/>.</summary>
sealed class MappedWeights(IWeightSource source) : IWeightSource
{
    static readonly (string Length, string Direction)[] weightNorms =
        [(".weight_g", ".weight_v"), (".parametrizations.weight.original0", ".parametrizations.weight.original1")];

    OrderedDictionary<string, WeightTensor> tensors = new(StringComparer.Ordinal);

    public string Name => source.Name;

    public IReadOnlyCollection<string> Names => tensors.Keys;

    public WeightTensor? Find(string name) => tensors.GetValueOrDefault(name);

    public void Dispose() => source.Dispose();

    public void Add(string name, WeightTensor tensor) =>
        AddDerived(name, tensor.Name == name ? tensor : new PartTensor(name, tensor, [.. tensor.Dimensions], 0));

    public void AddParts(WeightTensor tensor, string[] names)
    {
        if (tensor.Dimensions.Count == 0 || tensor.Dimensions[0] % names.Length != 0)
            throw Error(tensor, $"It cannot be cut into {names.Length} equal parts.");
        long[] shape = [tensor.Dimensions[0] / names.Length, .. tensor.Dimensions.Skip(1)];
        var length = tensor.ByteLength / names.Length;
        for (var i = 0; i < names.Length; i++)
            AddDerived(names[i], new PartTensor(names[i], tensor, shape, i * length));
    }

    public void AddTransposed(string name, WeightTensor tensor) =>
        AddDerived(name, tensor.Dimensions.Count == 2 && tensor.ByteLength <= int.MaxValue ? new TransposedTensor(name, tensor) : throw Error(tensor, "It is no matrix."));

    public void AddSqueezed(string name, WeightTensor tensor)
    {
        if (tensor.Dimensions.Count < 2 || tensor.Dimensions.Skip(2).Any(length => length != 1))
            throw Error(tensor, "It is neither a matrix nor a 1x1 convolution.");
        AddDerived(name, new PartTensor(name, tensor, [tensor.Dimensions[0], tensor.Dimensions[1]], 0));
    }

    /// <summary>Puts the joined weight where the first of its two parts stood.</summary>
    public void MergeWeightNorm()
    {
        var separate = tensors;
        tensors = new(StringComparer.Ordinal);
        foreach (var (name, tensor) in separate)
        {
            var (module, pair) = (name, default((string Length, string Direction)?));
            foreach (var candidate in weightNorms)
            {
                foreach (var suffix in (string[])[candidate.Length, candidate.Direction])
                {
                    if (name.EndsWith(suffix, StringComparison.Ordinal))
                        (module, pair) = (name[..^suffix.Length], candidate);
                }
            }

            if (pair is not { } found)
            {
                AddDerived(name, tensor);
                continue;
            }

            var weight = module + ".weight";
            if (tensors.ContainsKey(weight) && separate.ContainsKey(module + found.Length) && separate.ContainsKey(module + found.Direction))
                continue;
            if (!separate.TryGetValue(module + found.Length, out var length) || !separate.TryGetValue(module + found.Direction, out var direction))
                throw Error(tensor, "Of the length and the direction of a weight (weight norm) one is missing.");
            if (!Fits(length, direction))
                throw Error(length, $"It is no length for the direction [{string.Join(", ", direction.Dimensions)}].");
            AddDerived(weight, new WeightNormTensor(weight, length, direction));
        }
    }

    static bool Fits(WeightTensor length, WeightTensor direction) =>
        direction.ByteLength <= int.MaxValue
        && (length.Length == 1
            || (length.Dimensions.Count == direction.Dimensions.Count
                && length.Dimensions.Zip(direction.Dimensions).All(axis => axis.First == 1 || axis.First == axis.Second)));

    void AddDerived(string name, WeightTensor tensor)
    {
        if (!tensors.TryAdd(name, tensor))
            throw Error(tensor, "Two tensors get this name.");
    }

    InvalidFileException Error(WeightTensor tensor, string problem) => new(Name, problem, $"tensor '{tensor.Name}'");
}
