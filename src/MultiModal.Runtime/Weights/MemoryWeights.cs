namespace MultiModal.Runtime.Weights;

/// <summary>Weights in memory.</summary>
public sealed class MemoryWeights : IWeightSource
{
    readonly OrderedDictionary<string, WeightTensor> tensors = new(StringComparer.Ordinal);

    /// <summary>Makes a source over tensors, which are not copied.</summary>
    /// <param name="tensors">The tensors by name.</param>
    /// <param name="name">What an error message calls the source; "memory" by default.</param>
    /// <exception cref="ArgumentException">A name occurs twice.</exception>
    public MemoryWeights(IEnumerable<KeyValuePair<string, TensorData>> tensors, string name = "memory")
    {
        ArgumentNullException.ThrowIfNull(tensors);
        Name = name;
        foreach (var (key, data) in tensors)
            this.tensors.Add(key, new MemoryTensor(key, data));
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names => tensors.Keys;

    /// <inheritdoc/>
    public WeightTensor? Find(string name) => tensors.GetValueOrDefault(name);

    /// <summary>Does nothing: memory is the collector's.</summary>
    public void Dispose()
    {
    }
}
