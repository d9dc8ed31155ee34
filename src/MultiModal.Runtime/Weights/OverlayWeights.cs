namespace MultiModal.Runtime.Weights;

/// <summary>A source with some of its tensors replaced, and perhaps others added: a merged LoRA over a model, for one.</summary>
public sealed class OverlayWeights : IWeightSource
{
    readonly IWeightSource below;
    readonly IWeightSource above;
    readonly string[] names;

    /// <summary>Lays one source over another. Disposing the overlay disposes both.</summary>
    /// <param name="below">The weights to replace some of.</param>
    /// <param name="above">What replaces those of the same name; the rest is added.</param>
    public OverlayWeights(IWeightSource below, IWeightSource above)
    {
        ArgumentNullException.ThrowIfNull(below);
        ArgumentNullException.ThrowIfNull(above);
        this.below = below;
        this.above = above;
        names = [.. below.Names, .. above.Names.Where(name => below.Find(name) is null)];
    }

    /// <inheritdoc cref="OverlayWeights(IWeightSource, IWeightSource)"/>
    public OverlayWeights(IWeightSource below, IEnumerable<KeyValuePair<string, TensorData>> above)
        : this(below, new MemoryWeights(above))
    {
    }

    /// <inheritdoc/>
    public string Name => below.Name;

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names => names;

    /// <inheritdoc/>
    public WeightTensor? Find(string name) => above.Find(name) ?? below.Find(name);

    /// <summary>Disposes both sources.</summary>
    public void Dispose()
    {
        above.Dispose();
        below.Dispose();
    }
}
