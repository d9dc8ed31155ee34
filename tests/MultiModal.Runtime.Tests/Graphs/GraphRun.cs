using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Onnx;
using MultiModal.Runtime.Weights;

namespace MultiModal.Runtime.Tests.Graphs;

/// <summary>Runs small graphs on ONNX Runtime, which changes nothing on its own account unless asked to.</summary>
static class GraphRun
{
    /// <summary>The graph's outputs in order. Fails where one has another type or shape than the graph foretold.</summary>
    public static TensorData[] Run(Graph graph, params ReadOnlySpan<TensorData> feeds) => Run(graph, null, false, feeds);

    /// <inheritdoc cref="Run(Graph, ReadOnlySpan{TensorData})"/>
    public static TensorData[] Run(Graph graph, IWeightSource? weights, bool optimise, params ReadOnlySpan<TensorData> feeds)
    {
        using var options = new SessionOptions
        {
            GraphOptimizationLevel = optimise ? GraphOptimizationLevel.ORT_ENABLE_ALL : GraphOptimizationLevel.ORT_DISABLE_ALL,
            IntraOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        var model = OnnxWriter.Write(graph, weights);
        using var session = new InferenceSession(Whole(model), options);
        using var run = new RunOptions();
        using var inputs = new DisposableList<OrtValue>();
        foreach (var feed in feeds) inputs.Add(ToOrt(feed));
        using var results = session.Run(run, [.. model.Inputs.Select(i => i.Name)], inputs, [.. model.Outputs.Select(o => o.Name)]);

        var symbols = Symbols(graph, feeds);
        var outputs = new TensorData[results.Count];
        for (var i = 0; i < outputs.Length; i++)
        {
            outputs[i] = FromOrt(results[i]);
            var (name, promised) = graph.Outputs[i];
            Assert.True(promised.Type == outputs[i].Type, $"{name} is said to be {promised.Type} and is {outputs[i].Type}.");
            long[] shape = [.. promised.Shape.Select(d => d.Evaluate(symbols))];
            Assert.True(
                shape.SequenceEqual(outputs[i].Dimensions),
                $"{name} is said to be {promised.Shape}, which is [{string.Join(", ", shape)}] here, and is {outputs[i]}.");
        }

        return outputs;
    }

    /// <summary>The lengths that come in, by symbol.</summary>
    public static Dictionary<string, long> Symbols(Graph graph, ReadOnlySpan<TensorData> feeds)
    {
        var symbols = new Dictionary<string, long>();
        for (var i = 0; i < feeds.Length; i++)
            for (var axis = 0; axis < feeds[i].Dimensions.Count; axis++)
                if (graph.Inputs[i].Shape[axis] is { IsKnown: false, Constant: 0, Terms: [{ Atoms: [{ Dividend: null } atom] } term] })
                    symbols[atom.Name] = feeds[i].Dimensions[axis] / term.Coefficient;
        return symbols;
    }

    static byte[] Whole(OnnxModel model)
    {
        var proto = ModelProto.Parser.ParseFrom(model.Proto.Span);
        foreach (var weight in model.Weights)
        {
            var bytes = new byte[weight.ByteLength];
            if (weight.Data is { } data) data.Bytes.CopyTo(bytes);
            else weight.Source!.CopyTo(bytes);
            var tensor = new TensorProto { Name = weight.Name, DataType = (int)weight.Type, RawData = ByteString.CopyFrom(bytes) };
            tensor.Dims.AddRange(weight.Dimensions);
            proto.Graph.Initializer.Add(tensor);
        }

        return proto.ToByteArray();
    }

    static OrtValue ToOrt(TensorData data)
    {
        var value = OrtValue.CreateAllocatedTensorValue(
            OrtAllocator.DefaultInstance, (Microsoft.ML.OnnxRuntime.Tensors.TensorElementType)(int)data.Type, [.. data.Dimensions]);
        data.Bytes.CopyTo(value.GetTensorMutableRawData());
        return value;
    }

    static TensorData FromOrt(OrtValue value)
    {
        var info = value.GetTensorTypeAndShape();
        var result = TensorData.Zeros((DType)(int)info.ElementDataType, info.Shape);
        if (result.Length > 0) value.GetTensorMutableRawData().CopyTo(result.Bytes);
        return result;
    }

    sealed class DisposableList<T> : List<T>, IDisposable
        where T : IDisposable
    {
        public void Dispose() => ForEach(item => item.Dispose());
    }
}
