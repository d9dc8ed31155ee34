namespace MultiModal.Runtime.Weights;

/// <summary>A source with some of its tensors changed, each when it is read. Changes are made in float32; what is not changed stays as it is stored.</summary>
public sealed class EditedWeights : IWeightSource
{
    readonly IWeightSource source;
    readonly IReadOnlyDictionary<string, IWeightEdit> edits;
    readonly bool asStored;

    /// <summary>Puts changes over a source. Disposing the view disposes the source.</summary>
    /// <param name="source">The weights.</param>
    /// <param name="edits">The changes by the names of the tensors; names the source has not are without effect.</param>
    /// <param name="asStored">Whether changed tensors are rounded to the type they are stored in, as a new file wants them; otherwise they are float32.</param>
    public EditedWeights(IWeightSource source, IReadOnlyDictionary<string, IWeightEdit> edits, bool asStored = false)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(edits);
        this.source = source;
        this.edits = edits;
        this.asStored = asStored;
    }

    /// <inheritdoc/>
    public string Name => source.Name;

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names => source.Names;

    /// <inheritdoc/>
    public WeightTensor? Find(string name) =>
        source.Find(name) is not { } tensor ? null
        : !edits.TryGetValue(name, out var edit) ? tensor
        : asStored && tensor.Type is DType.Float16 or DType.BFloat16 ? new RoundedTensor(new EditedTensor(tensor, edit), tensor.Type) : new EditedTensor(tensor, edit);

    /// <summary>Disposes the source.</summary>
    public void Dispose() => source.Dispose();

    sealed class RoundedTensor(EditedTensor tensor, DType type) : WeightTensor(tensor.Name, type, tensor.Dimensions)
    {
        public override void CopyTo(Span<byte> destination) => ElementConversion.FromFloat32(tensor.ToFloat32().Floats, Type, Destination(destination));
    }
}
