using System.Globalization;
using Google.Protobuf;
using MultiModal.Runtime.Graphs.Onnx;

namespace MultiModal.Runtime.Sessions;

/// <summary>Adds to a model's protobuf what it lacks: its weights, in the form the plan gives them.</summary>
static class ModelAssembler
{
    /// <summary>A protobuf may take 2 GiB at most, less some room for what the runtime adds.</summary>
    const long LargestProto = 1_900_000_000;

    /// <summary>Puts the bytes for the runtime together.</summary>
    /// <param name="name">What errors call the model.</param>
    /// <param name="model">The model.</param>
    /// <param name="plan">Where its weights go.</param>
    /// <param name="folder">The folder that locations of external weights are relative to, or null when there are none.</param>
    public static byte[] Assemble(string name, OnnxModel model, WeightPlan plan, out string? folder)
    {
        var graph = new GraphProto();
        foreach (var weight in plan.Lent)
            graph.Input.Add(Describe(weight));

        var inline = new List<OnnxWeight>(plan.Inline);
        folder = RealPath.CommonFolder([.. plan.External.Select(weight => RealPath.Of(weight.Source!.Region!.Value.Path)).Distinct()]);
        foreach (var weight in plan.External)
        {
            if (folder is null)
                inline.Add(weight);
            else
                AddExternal(graph, weight, folder);
        }

        var size = model.Proto.Length + inline.Sum(weight => weight.ByteLength);
        if (size > LargestProto)
        {
            throw new ModelLoadException(
                $"{name} would take {size >> 20} MiB as one protobuf, which may take 2 GiB at most. Use WeightPlacement.Shared, or weights in one file.");
        }

        foreach (var weight in inline)
            graph.Initializer.Add(Inline(weight));

        // Messages merge by concatenation. The additions come first, so that a Cast stands before the nodes that use its result.
        var additions = new ModelProto { Graph = graph };
        var bytes = new byte[additions.CalculateSize() + model.Proto.Length];
        additions.WriteTo(bytes.AsSpan(0, bytes.Length - model.Proto.Length));
        model.Proto.CopyTo(bytes.AsMemory(bytes.Length - model.Proto.Length));
        return bytes;
    }

    static ValueInfoProto Describe(OnnxWeight weight)
    {
        var shape = new TensorShapeProto();
        shape.Dim.AddRange(weight.Dimensions.Select(length => new TensorShapeProto.Types.Dimension { DimValue = length }));
        return new() { Name = weight.Name, Type = new() { TensorType = new() { ElemType = (int)weight.Type, Shape = shape } } };
    }

    static void AddExternal(GraphProto graph, OnnxWeight weight, string folder)
    {
        var region = weight.Source!.Region!.Value;
        var converted = weight.StoredType != weight.Type;
        var tensor = new TensorProto
        {
            Name = converted ? weight.Name + "/stored" : weight.Name,
            DataType = (int)weight.StoredType,
            DataLocation = TensorProto.Types.DataLocation.External,
        };
        tensor.Dims.AddRange(weight.Dimensions);
        var location = Path.GetRelativePath(folder, RealPath.Of(region.Path)).Replace('\\', '/');
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = location });
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "offset", Value = region.Offset.ToString(CultureInfo.InvariantCulture) });
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "length", Value = region.Length.ToString(CultureInfo.InvariantCulture) });
        graph.Initializer.Add(tensor);
        if (!converted)
            return;
        var cast = new NodeProto { OpType = "Cast", Name = weight.Name + "/Cast", Input = { tensor.Name }, Output = { weight.Name } };
        cast.Attribute.Add(new AttributeProto { Name = "to", I = (long)weight.Type, Type = AttributeProto.Types.AttributeType.Int });
        graph.Node.Add(cast);
    }

    static TensorProto Inline(OnnxWeight weight)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(checked((int)weight.ByteLength));
        WeightElements.Read(weight, 0, bytes);
        var tensor = new TensorProto { Name = weight.Name, DataType = (int)weight.Type, RawData = UnsafeByteOperations.UnsafeWrap(bytes) };
        tensor.Dims.AddRange(weight.Dimensions);
        return tensor;
    }
}
