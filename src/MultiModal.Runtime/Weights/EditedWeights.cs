using System.Runtime.InteropServices;

namespace MultiModal.Runtime.Weights;

/// <summary>A source with some of its tensors changed, each when it is read: the changed ones are float32, the others as they are stored.</summary>
public sealed class EditedWeights : IWeightSource
{
    readonly IWeightSource source;
    readonly IReadOnlyDictionary<string, IWeightEdit> edits;

    /// <summary>Puts changes over a source. Disposing the view disposes the source.</summary>
    /// <param name="source">The weights.</param>
    /// <param name="edits">The changes by the names of the tensors; names the source has not are without effect.</param>
    public EditedWeights(IWeightSource source, IReadOnlyDictionary<string, IWeightEdit> edits)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(edits);
        this.source = source;
        this.edits = edits;
    }

    /// <inheritdoc/>
    public string Name => source.Name;

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names => source.Names;

    /// <inheritdoc/>
    public WeightTensor? Find(string name) =>
        source.Find(name) is { } tensor ? edits.TryGetValue(name, out var edit) ? new EditedTensor(tensor, edit) : tensor : null;

    /// <summary>Disposes the source.</summary>
    public void Dispose() => source.Dispose();

    sealed class EditedTensor(WeightTensor tensor, IWeightEdit edit) : WeightTensor(tensor.Name, DType.Float32, tensor.Dimensions)
    {
        public override void CopyTo(Span<byte> destination)
        {
            var values = MemoryMarshal.Cast<byte, float>(Destination(destination));
            tensor.ReadFloat32(values);
            edit.Apply(values, 0);
        }
    }
}
