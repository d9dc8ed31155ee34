using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Onnx;
using MultiModal.Runtime.Graphs.Passes;
using MultiModal.Runtime.Sessions;
using MultiModal.Runtime.Weights;

namespace MultiModal.Benchmarks.Runtime;

/// <summary>The rate of single layers with weights as constants, which the runtime reorders for its kernels, and lent, which it cannot.</summary>
static class LayersCommand
{
    public static Command Create()
    {
        var command = new Command("layers", "Single layers: weights as constants against lent weights.");
        command.SetAction(async (_, cancellationToken) =>
        {
            foreach (var (channels, side, batch) in new[] { (320, 64, 2), (640, 32, 2), (1280, 16, 2), (1280, 8, 2), (512, 64, 1), (256, 256, 1), (128, 512, 1) })
                await CompareAsync($"conv 3x3 {channels}, {batch} x {side}x{side}", 18.0 * batch * channels * channels * side * side, graph => Ops.Conv(
                    graph.Input("x", DType.Float32, batch, channels, side, side), graph.Parameter("w", DType.Float32, channels, channels, 3, 3), padding: [1]));
            foreach (var (rows, inputs, outputs) in new[] { (2048, 2048, 2048), (8192, 320, 320), (8192, 320, 2560), (2048, 640, 5120), (512, 1280, 10240), (154, 768, 768), (77, 768, 3072) })
                await CompareAsync($"linear [{rows}, {inputs}] -> {outputs}", 2.0 * rows * inputs * outputs, graph => Ops.Linear(
                    graph.Input("x", DType.Float32, rows, inputs), graph.Parameter("w", DType.Float32, outputs, inputs)));
        });
        return command;
    }

    static async Task CompareAsync(string name, double operations, Func<Graph, Tensor> layer)
    {
        var graph = new Graph();
        graph.Output("y", layer(graph));
        var shape = graph.Parameters["w"].Shape.Select(d => d.Value).ToArray();
        using var weights = new One(TensorData.Of([.. Enumerable.Range(0, (int)TensorData.ElementCount(shape)).Select(i => (i % 17) * 0.01f)], shape));
        var model = OnnxWriter.Write(graph.Optimise(), weights);
        await using var constant = await NetworkSession.CreateAsync(model, new() { Weights = WeightPlacement.Constant });
        await using var lent = await NetworkSession.CreateAsync(model, new() { Weights = WeightPlacement.Shared });
        var x = TensorData.Zeros(DType.Float32, [.. model.Inputs[0].Dimensions.Select(d => d.Length)]);
        for (var i = 0; i < x.Length; i++) x.Floats[i] = (i % 13) * 0.1f;
        using var first = constant.CreateBinding();
        using var second = lent.CreateBinding();
        first.SetInput("x", x);
        second.SetInput("x", x);
        var (best, other) = (double.MaxValue, double.MaxValue);
        var repeats = Math.Clamp((int)(3e11 / operations), 6, 60);
        // Turn by turn: what else the machine does meets both alike.
        for (var i = 0; i < repeats; i++)
        {
            best = Math.Min(best, Time(first));
            other = Math.Min(other, Time(second));
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{name,-36} constant {operations / best / 1e9,4:F0}   lent {operations / other / 1e9,4:F0} GFLOP/s   lent takes {other / best:F2} of the time"));
    }

    static double Time(SessionBinding binding)
    {
        var clock = Stopwatch.StartNew();
        binding.Run();
        return clock.Elapsed.TotalSeconds;
    }

    /// <summary>A checkpoint of one weight.</summary>
    sealed class One(TensorData data) : IWeightSource
    {
        public string Name => "generated";

        public IReadOnlyCollection<string> Names => ["w"];

        public WeightTensor? Find(string name) => new InMemory(data);

        public void Dispose()
        {
        }

        sealed class InMemory(TensorData data) : WeightTensor("w", data.Type, data.Dimensions)
        {
            public override void CopyTo(Span<byte> destination) => data.Bytes.CopyTo(destination);
        }
    }
}
