using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Onnx;
using MultiModal.Runtime.Graphs.Passes;
using MultiModal.Runtime.Layers;
using MultiModal.Runtime.Random;
using MultiModal.Runtime.Sessions;
using MultiModal.Runtime.Weights;
using MultiModal.Testing;

namespace MultiModal.Runtime.Tests.Sessions;

public sealed class StreamedNetworkTests : NoLeakedHandles
{
    /// <summary>A chain of layers with a way around, two outputs, one of them from the middle, and a length known only when it runs.</summary>
    static Graph Chain()
    {
        var graph = new Graph();
        var x = graph.Input("x", DType.Float32, "rows", 24);
        var first = x;
        for (var i = 0; i < 6; i++)
        {
            x = Ops.Silu(new Linear(graph.Root["layers"][i], 24, 24).Forward(x)) + (i % 2 == 0 ? x : first);
            if (i == 3) graph.Output("middle", x);
        }

        graph.Output("end", x + Ops.Expand(graph.Constant(TensorData.Of([0.5f], 1, 1)), x.Shape[0], 24));
        return graph;
    }

    static MemoryWeights WeightsOf(Graph graph)
    {
        var random = new TorchRandom(5);
        return new(graph.Parameters.ToDictionary(p => p.Key, p => random.Normal(p.Value.Shape.ToLongs())));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5000)]
    [InlineData(1 << 30)]
    public async Task Parts_give_to_the_last_bit_what_the_whole_gives(long partBytes)
    {
        var graph = Chain().Optimise();
        using var weights = WeightsOf(graph);
        var inputs = new Dictionary<string, TensorData> { ["x"] = new TorchRandom(6).Normal(7, 24) };
        using var whole = await NetworkSession.CreateAsync(OnnxWriter.Write(graph, weights), new() { Weights = WeightPlacement.Shared });
        var expected = whole.Run(inputs);
        await using var streamed = await StreamedNetwork.CreateAsync(graph, WeightsOf(graph), partBytes);
        if (partBytes == 1) Assert.True(streamed.Parts >= 6);
        if (partBytes == 1 << 30) Assert.Equal(1, streamed.Parts);
        for (var run = 0; run < 2; run++)
        {
            var actual = streamed.Run(inputs);
            Assert.Equal(["end", "middle"], actual.Keys.Order(StringComparer.Ordinal));
            foreach (var (name, tensor) in expected) Assert.True(tensor.Bytes.SequenceEqual(actual[name].Bytes), name);
        }

        // Another length, into memory of the caller's.
        var end = TensorData.Zeros(DType.Float32, 3, 24);
        var shorter = new Dictionary<string, TensorData> { ["x"] = new TorchRandom(6).Normal(3, 24) };
        Assert.Same(end, streamed.Run(shorter, new Dictionary<string, TensorData> { ["end"] = end })["end"]);
        Assert.True(whole.Run(shorter)["end"].Bytes.SequenceEqual(end.Bytes));
    }

    [Fact]
    public async Task Runs_at_once_wait_for_each_other_and_a_disposed_network_refuses()
    {
        var graph = Chain().Optimise();
        var streamed = await StreamedNetwork.CreateAsync(graph, WeightsOf(graph), 5000);
        var inputs = new Dictionary<string, TensorData> { ["x"] = new TorchRandom(6).Normal(7, 24) };
        var all = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => streamed.Run(inputs)["end"].Floats.ToArray())));
        Assert.All(all, a => Assert.Equal(all[0], a));
        Assert.Throws<OperationCanceledException>(() => streamed.Run(inputs, cancellationToken: new(canceled: true)));
        Assert.Throws<ModelInputException>(() => streamed.Run(new Dictionary<string, TensorData>()));
        await streamed.DisposeAsync();
        Assert.Throws<ObjectDisposedException>(() => streamed.Run(inputs));
    }

    [Fact]
    public async Task Missing_weights_are_an_error_and_leave_nothing_open()
    {
        var graph = Chain();
        await Assert.ThrowsAsync<WeightMismatchException>(() => StreamedNetwork.CreateAsync(graph, new MemoryWeights([]), 5000));
    }
}
