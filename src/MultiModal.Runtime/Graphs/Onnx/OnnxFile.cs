using Google.Protobuf;

namespace MultiModal.Runtime.Graphs.Onnx;

/// <summary>Reads ONNX models of other origin, to be run as they are.</summary>
public static class OnnxFile
{
    // What a protobuf message can hold.
    const long Limit = int.MaxValue;

    /// <summary>Reads a model whose weights are in the file.</summary>
    /// <param name="path">The .onnx file.</param>
    /// <returns>The model, its inputs and outputs described.</returns>
    /// <exception cref="InvalidFileException">The file is missing, larger than 2 GB, no ONNX model, or keeps its weights in other files.</exception>
    public static OnnxModel Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path)) throw new InvalidFileException(path, "the file is missing.");
        if (new FileInfo(path).Length > Limit) throw new InvalidFileException(path, "a model in one file has at most 2 GB.");
        var bytes = File.ReadAllBytes(path);
        ModelProto model;
        try
        {
            model = ModelProto.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new InvalidFileException(path, "the file is no ONNX model.", innerException: e);
        }

        if (model.Graph is not { } graph || graph.Output.Count == 0) throw new InvalidFileException(path, "the file holds no graph.");
        // A name in a stranger's file must not make the runtime open other files.
        if (graph.Initializer.Any(i => i.ExternalData.Count > 0)) throw new InvalidFileException(path, "the weights are in other files.", remedy: "Save the model with its weights inside.");
        var weights = graph.Initializer.Select(i => i.Name).ToHashSet(StringComparer.Ordinal);
        return new(bytes, [], [.. graph.Input.Where(i => !weights.Contains(i.Name)).Select(v => Describe(v, path))], [.. graph.Output.Select(v => Describe(v, path))]);
    }

    static OnnxValue Describe(ValueInfoProto value, string path)
    {
        if (value.Type?.TensorType is not { } tensor) throw new InvalidFileException(path, "a value is no tensor.", value.Name);
        var type = (DType)tensor.ElemType;
        if (!Enum.IsDefined(type)) throw new InvalidFileException(path, $"elements of type {tensor.ElemType} are not supported.", value.Name);
        var axis = 0;
        return new(value.Name, type, [.. (tensor.Shape?.Dim ?? []).Select(d => Length(d, $"{value.Name}_{axis++}"))]);
    }

    // An axis that is neither a number nor named has a length of its own.
    static OnnxDimension Length(TensorShapeProto.Types.Dimension dimension, string fallback) =>
        dimension.HasDimValue && dimension.DimValue > 0 ? new(dimension.DimValue)
            : new(string.IsNullOrEmpty(dimension.DimParam) ? fallback : dimension.DimParam);
}
