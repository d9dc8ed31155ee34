using MultiModal.Runtime.Weights;

namespace MultiModal.Runtime.Graphs.Onnx;

/// <summary>A weight of a model that lies outside of its protobuf.</summary>
/// <remarks>
/// The stored type may differ from the type the graph computes with (a checkpoint in float16 on a device that computes in
/// float32): the session widens while it loads, so the graph holds no Cast for it.
/// </remarks>
public sealed class OnnxWeight
{
    /// <summary>A weight taken from a checkpoint.</summary>
    /// <param name="name">The initializer's name in the graph.</param>
    /// <param name="type">The type the graph's nodes see.</param>
    /// <param name="source">Where the elements are; valid until the session is created.</param>
    public OnnxWeight(string name, DType type, WeightTensor source)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(source);
        Name = name;
        Type = type;
        Dimensions = source.Dimensions;
        Source = source;
    }

    /// <summary>A weight in memory.</summary>
    /// <param name="name">The initializer's name in the graph.</param>
    /// <param name="data">The elements, in the type the graph's nodes see. The session keeps the tensor, and does not copy it where it need not.</param>
    public OnnxWeight(string name, TensorData data)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(data);
        Name = name;
        Type = data.Type;
        Dimensions = data.Dimensions;
        Data = data;
    }

    /// <summary>The initializer's name in the graph.</summary>
    public string Name { get; }

    /// <summary>The type of the elements as the graph's nodes see them.</summary>
    public DType Type { get; }

    /// <summary>The type of the elements where they are stored.</summary>
    public DType StoredType => Source?.Type ?? Type;

    /// <summary>The length of each axis.</summary>
    public IReadOnlyList<long> Dimensions { get; }

    /// <summary>The tensor of a checkpoint that holds the elements, or null when they are in <see cref="Data"/>.</summary>
    public WeightTensor? Source { get; }

    /// <summary>The elements in memory, or null when they are in <see cref="Source"/>.</summary>
    public TensorData? Data { get; }

    /// <summary>
    /// Whether the graph only derives other weights from this one, by cutting and adding: worth being a constant of the model whatever
    /// happens to the others, since the runtime then computes what is derived once, while it loads, and forgets the original.
    /// </summary>
    public bool IsFolded { get; init; }

    /// <summary>How many bytes the elements take in <see cref="Type"/>.</summary>
    public long ByteLength => TensorData.ElementCount([.. Dimensions]) * Type.Size();

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Type}[{string.Join(", ", Dimensions)}]";
}
