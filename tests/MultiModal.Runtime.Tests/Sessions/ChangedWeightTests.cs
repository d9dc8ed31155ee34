using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Onnx;
using MultiModal.Runtime.Layers;
using MultiModal.Runtime.Sessions;
using MultiModal.Runtime.Tests.Graphs;
using MultiModal.Runtime.Weights;
using MultiModal.Testing;

namespace MultiModal.Runtime.Tests.Sessions;

/// <summary>Sessions with some weights changed, which share all else with the session they were made of.</summary>
[Collection(SessionCollection.Name)]
public sealed class ChangedWeightTests : NoLeakedHandles
{
    const int Size = 160;
    readonly Graph graph = new();
    readonly RandomWeights weights;
    readonly Dictionary<string, TensorData> inputs = new() { ["x"] = TensorData.Of(TestModels.Ramp(3 * Size), 3, Size) };

    public ChangedWeightTests()
    {
        var x = graph.Input("x", DType.Float32, "n", Size);
        graph.Output("y", new Linear(graph.Root["second"], Size, Size).Forward(new Linear(graph.Root["first"], Size, Size).Forward(x)));
        weights = new(graph, 5);
    }

    Task<NetworkSession> CreateAsync(IWeightSource source) => NetworkSession.CreateAsync(OnnxWriter.Write(graph, source), new() { Weights = WeightPlacement.Shared });

    float[] Run(NetworkSession session) => session.Run(inputs)["y"].Floats.ToArray();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_changed_session_computes_as_one_loaded_with_the_changed_weights(bool byRows)
    {
        var edits = new Dictionary<string, IWeightEdit> { ["first.weight"] = new RowsTimes(0.5f, byRows) };
        using var edited = new EditedWeights(weights, edits);
        await using var loaded = await CreateAsync(edited);
        await using var basis = await CreateAsync(weights);
        var before = Run(basis);
        await using (var changed = await basis.WithWeightsAsync(edits))
        {
            Assert.Equal(Run(loaded), Run(changed));
            Assert.Equal(before, Run(basis));

            // Changes add up: a session made of a changed one starts from its weights.
            await using var twice = await changed.WithWeightsAsync(edits);
            Assert.NotEqual(Run(changed), Run(twice));
        }

        Assert.Equal(before, Run(basis));
    }

    [Fact]
    public async Task A_changed_session_outlives_its_original()
    {
        var basis = await CreateAsync(weights);
        var changed = await basis.WithWeightsAsync(new Dictionary<string, IWeightEdit> { ["second.weight"] = new RowsTimes(2, true) });
        var expected = Run(changed);
        basis.Dispose();
        Assert.Throws<ObjectDisposedException>(() => Run(basis));
        Assert.Equal(expected, Run(changed));
        await changed.DisposeAsync();
        await basis.DisposeAsync();
    }

    [Fact]
    public async Task A_session_beside_another_shares_its_weights_and_outlives_it()
    {
        var edits = new Dictionary<string, IWeightEdit> { ["first.weight"] = new RowsTimes(0.5f, true), ["first.bias"] = new RowsTimes(0.5f, true) };
        using var edited = new EditedWeights(weights, edits);
        await using var loaded = await CreateAsync(edited);
        var basis = await CreateAsync(weights);
        var alone = LiveHandles.Count(NativeHandleKind.Memory);
        await using (var same = await basis.CreateBesideAsync(OnnxWriter.Write(graph, weights), new() { Weights = WeightPlacement.Shared }))
        {
            Assert.Equal(Run(basis), Run(same));
            Assert.Equal(alone, LiveHandles.Count(NativeHandleKind.Memory));
        }

        // A bias is a constant: another network is compiled, with the other weights of this one.
        var changed = await basis.CreateBesideAsync(OnnxWriter.Write(graph, edited), new() { Weights = WeightPlacement.Shared });
        basis.Dispose();
        Assert.Equal(Run(loaded), Run(changed));
        await changed.DisposeAsync();
        await basis.DisposeAsync();
    }

    [Fact]
    public async Task Memory_of_changed_weights_serves_the_next_change()
    {
        await using var basis = await CreateAsync(weights);
        var edits = new Dictionary<string, IWeightEdit> { ["first.weight"] = new RowsTimes(0.5f, true) };
        await (await basis.WithWeightsAsync(edits)).DisposeAsync();
        var kept = LiveHandles.Count(NativeHandleKind.Memory);
        for (var i = 0; i < 3; i++)
        {
            await using var changed = await basis.WithWeightsAsync(edits);
            Assert.Equal(kept, LiveHandles.Count(NativeHandleKind.Memory));
        }
    }

    [Fact]
    public async Task Small_weights_and_constants_cannot_be_changed()
    {
        await using var basis = await CreateAsync(weights);
        Assert.True(basis.CanChange("first.weight"));
        Assert.False(basis.CanChange("first.bias"));
        Assert.False(basis.CanChange("third.weight"));
        var error = await Assert.ThrowsAsync<ArgumentException>(() => basis.WithWeightsAsync(new Dictionary<string, IWeightEdit> { ["first.bias"] = new RowsTimes(1, true) }));
        Assert.Contains("first.bias", error.Message, StringComparison.Ordinal);
        await using var constant = await NetworkSession.CreateAsync(OnnxWriter.Write(graph, weights), new() { Weights = WeightPlacement.Constant });
        Assert.False(constant.CanChange("first.weight"));
    }

    [Fact]
    public async Task A_change_that_fails_or_is_cancelled_leaves_nothing_behind()
    {
        await using var basis = await CreateAsync(weights);
        await Assert.ThrowsAsync<InvalidFileException>(() => basis.WithWeightsAsync(new Dictionary<string, IWeightEdit> { ["first.weight"] = new Fails() }));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            basis.WithWeightsAsync(new Dictionary<string, IWeightEdit> { ["first.weight"] = new RowsTimes(1, true) }, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Outputs_that_are_read_on_are_copied()
    {
        var own = new Graph();
        var x = own.Input("x", DType.Float32, "n", 4);
        var kept = x * 2f;
        own.Output("kept", kept);
        own.Output("normal", Ops.Softmax(kept));
        var nodes = ModelProto.Parser.ParseFrom(OnnxWriter.Write(own).Proto.Span).Graph.Node;
        Assert.Equal("Identity", nodes.Single(n => n.Output.Contains("kept")).OpType);
        Assert.Equal("Softmax", nodes.Single(n => n.Output.Contains("normal")).OpType);
    }

    /// <summary>Row i times a factor, plus i.</summary>
    sealed class RowsTimes(float factor, bool byRows) : IWeightEdit
    {
        public bool IsByRows => byRows;

        public void Apply(Span<float> values, int firstRow)
        {
            for (var i = 0; i < values.Length; i++) values[i] = (values[i] * factor) + ((firstRow + (i / Size)) / 100f);
        }
    }

    sealed class Fails : IWeightEdit
    {
        public bool IsByRows => true;

        public void Apply(Span<float> values, int firstRow) => throw new InvalidFileException("made", "it cannot be read.");
    }
}
