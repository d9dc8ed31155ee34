using System.Runtime.InteropServices;
using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Onnx;
using MultiModal.Runtime.Graphs.Passes;
using MultiModal.Runtime.Weights;

namespace MultiModal.Benchmarks.Runtime;

/// <summary>A network with the weights of a large UNet and nothing else: blocks of a 3x3 convolution and two linear layers at 16x16.</summary>
static class LargeNetwork
{
    const int Channels = 1280, Inner = 5120, Side = 16;
    const long BlockParameters = ((long)Channels * Channels * 9) + (2L * Channels * Inner);

    /// <summary>Multiplications and additions of one run.</summary>
    public static double Operations(int blocks) => 2.0 * blocks * BlockParameters * Side * Side;

    /// <summary>Bytes of the weights in float32.</summary>
    public static double Float32Bytes(int blocks) => 4.0 * blocks * BlockParameters;

    /// <summary>Writes the checkpoint where it is not there yet.</summary>
    public static void Write(string path, int blocks)
    {
        if (File.Exists(path)) return;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var tensors = Enumerable.Range(0, blocks).SelectMany(i => new[]
        {
            Tensor($"blocks.{i}.conv.weight", Channels, Channels, 3, 3),
            Tensor($"blocks.{i}.up.weight", Inner, Channels),
            Tensor($"blocks.{i}.down.weight", Channels, Inner),
        });
        SafetensorsWriter.Write(path, tensors);
    }

    /// <summary>The network with its weights from the checkpoint.</summary>
    public static OnnxModel Build(IWeightSource weights, int blocks)
    {
        var graph = new Graph();
        var x = graph.Input("x", DType.Float32, 1, Channels, Side, Side);
        for (var i = 0; i < blocks; i++)
        {
            x = Ops.Conv(x, graph.Parameter($"blocks.{i}.conv.weight", DType.Float32, Channels, Channels, 3, 3), padding: [1]);
            var rows = Ops.Transpose(Ops.Reshape(x, 1, Channels, Side * Side), 0, 2, 1);
            rows = Ops.Linear(rows, graph.Parameter($"blocks.{i}.up.weight", DType.Float32, Inner, Channels));
            rows = Ops.Linear(rows, graph.Parameter($"blocks.{i}.down.weight", DType.Float32, Channels, Inner));
            x = Ops.Reshape(Ops.Transpose(rows, 0, 2, 1), 1, Channels, Side, Side);
        }

        graph.Output("y", x);
        return OnnxWriter.Write(graph.Optimise(), weights);
    }

    public static TensorData Input() => TensorData.Of([.. Enumerable.Range(0, Channels * Side * Side).Select(i => (i % 13) * 0.1f)], 1, Channels, Side, Side);

    static KeyValuePair<string, TensorData> Tensor(string name, params long[] shape)
    {
        var values = new Half[TensorData.ElementCount(shape)];
        for (var i = 0; i < values.Length; i++) values[i] = (Half)(((i * 7919L % 1009) - 504) * 4e-5f);
        return new(name, TensorData.OfBytes(DType.Float16, MemoryMarshal.AsBytes<Half>(values).ToArray(), shape));
    }
}
