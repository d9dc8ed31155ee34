using MultiModal.Runtime.Sessions;
using MultiModal.Testing;

namespace MultiModal.Runtime.Tests.Sessions;

[Collection(SessionCollection.Name)]
public sealed class RunTests : NoLeakedHandles
{
    [Fact]
    public async Task A_run_gives_what_the_graph_says()
    {
        using var session = await NetworkSession.CreateAsync(TestModels.Double());
        var result = await session.RunAsync(new Dictionary<string, TensorData> { ["x"] = TensorData.Of([1f, 2, 3, 4, 5, 6], 2, 3) });
        Assert.Equal([2f, 4, 6, 8, 10, 12], result["y"].Floats.ToArray());
        Assert.Equal([2L, 3], result["y"].Dimensions);
    }

    [Fact]
    public async Task Outputs_are_written_where_the_caller_wants_them()
    {
        using var session = await NetworkSession.CreateAsync(TestModels.Double());
        var mine = TensorData.Zeros(DType.Float32, 1, 2);
        var result = session.Run(
            new Dictionary<string, TensorData> { ["x"] = TensorData.Of([1f, 2], 1, 2) }, new Dictionary<string, TensorData> { ["y"] = mine });
        Assert.Same(mine, result["y"]);
        Assert.Equal([2f, 4], mine.Floats.ToArray());
    }

    [Fact]
    public async Task An_output_of_unknown_length_has_the_length_the_run_found()
    {
        using var session = await NetworkSession.CreateAsync(TestModels.NonZero());
        TensorData Found(params float[] x) => session.Run(new Dictionary<string, TensorData> { ["x"] = TensorData.Of(x, x.Length) })["y"];
        Assert.Equal([1L, 3], Found(0, 1, 0, 2).Longs.ToArray());
        Assert.Equal([1L, 0], Found(0, 0).Dimensions);
    }

    [Fact]
    public async Task Scalars_and_truth_values_and_empty_tensors_pass_through()
    {
        var model = TestModels.Make(
            [new("Not", ["b"], ["nb"]), new("Neg", ["s"], ["ns"]), new("Neg", ["e"], ["ne"])],
            [],
            [new("b", DType.Bool, ["k"]), new("s", DType.Float32, []), new("e", DType.Float32, ["z", 3])],
            [new("nb", DType.Bool, ["k"]), new("ns", DType.Float32, []), new("ne", DType.Float32, ["z", 3])]);
        using var session = await NetworkSession.CreateAsync(model);
        var result = session.Run(new Dictionary<string, TensorData>
        {
            ["b"] = TensorData.Of([true, false, true], 3),
            ["s"] = TensorData.Scalar(2.5f),
            ["e"] = TensorData.Zeros(DType.Float32, 0, 3),
        });
        Assert.Equal([0, 1, 0], result["nb"].Bytes.ToArray());
        Assert.Equal([-2.5f], result["ns"].Floats.ToArray());
        Assert.Equal([0L, 3], result["ne"].Dimensions);
    }

    [Fact]
    public async Task Half_precision_goes_in_and_comes_out()
    {
        using var session = await NetworkSession.CreateAsync(TestModels.Double(DType.Float16));
        var x = new byte[4];
        BitConverter.TryWriteBytes(x, (Half)1.5);
        BitConverter.TryWriteBytes(x.AsSpan(2), (Half)(-3));
        var y = session.Run(new Dictionary<string, TensorData> { ["x"] = TensorData.OfBytes(DType.Float16, x, 1, 2) })["y"];
        Assert.Equal((Half)3, BitConverter.ToHalf(y.Bytes));
        Assert.Equal((Half)(-6), BitConverter.ToHalf(y.Bytes[2..]));
    }

    [Fact]
    public async Task All_that_is_wrong_with_the_inputs_is_said_at_once()
    {
        using var session = await NetworkSession.CreateAsync(TestModels.Make(
            [new("Add", ["a", "b"], ["s"]), new("Add", ["s", "c"], ["y"])],
            [],
            [new("a", DType.Float32, ["n", 4]), new("b", DType.Float32, ["n", 4]), new("c", DType.Float32, ["n", 4])],
            [new("y", DType.Float32, ["n", 4])]));
        var error = Assert.Throws<ModelInputException>(() => session.Run(new Dictionary<string, TensorData>
        {
            ["a"] = TensorData.Zeros(DType.Float32, 2, 5),
            ["b"] = TensorData.Zeros(DType.Int64, 3, 4),
        }));
        Assert.Contains(error.Problems, p => p.Contains("a: Float32[n, 4]", StringComparison.Ordinal) && p.Contains("given as 5", StringComparison.Ordinal));
        Assert.Contains(error.Problems, p => p.Contains("given as Int64", StringComparison.Ordinal));
        Assert.Contains(error.Problems, p => p.Contains("(n) of the input b", StringComparison.Ordinal) && p.Contains("a has it as 2", StringComparison.Ordinal));
        Assert.Contains(error.Problems, p => p.Contains("input c: Float32[n, 4] is missing", StringComparison.Ordinal));
        Assert.Equal(4, error.Problems.Count);
    }

    [Fact]
    public async Task A_name_the_model_lacks_is_answered_with_those_it_has()
    {
        using var session = await NetworkSession.CreateAsync(TestModels.Double(), name: "the doubler");
        var error = Assert.Throws<ModelInputException>(
            () => session.Run(new Dictionary<string, TensorData> { ["z"] = TensorData.Zeros(DType.Float32, 1, 1) }));
        Assert.StartsWith("the doubler cannot run: There is no input z; the inputs are x.", error.Message, StringComparison.Ordinal);
        Assert.Contains("input x: Float32[n, m] is missing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failing_operator_is_an_error_of_this_library()
    {
        var model = TestModels.Make(
            [new("MatMul", ["a", "b"], ["y"])],
            [],
            [new("a", DType.Float32, ["n", "k"]), new("b", DType.Float32, ["l", "m"])],
            [new("y", DType.Float32, ["n", "m"])]);
        using var session = await NetworkSession.CreateAsync(model);
        var error = Assert.Throws<ModelRunException>(() => session.Run(new Dictionary<string, TensorData>
        {
            ["a"] = TensorData.Zeros(DType.Float32, 2, 3),
            ["b"] = TensorData.Zeros(DType.Float32, 4, 5),
        }));
        Assert.Contains("MatMul", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_model_is_refused_with_a_typed_error()
    {
        await Assert.ThrowsAsync<ModelLoadException>(() => NetworkSession.CreateAsync(new(new byte[] { 1, 2, 3 }, [], [], [])));
        await Assert.ThrowsAsync<ModelLoadException>(() => NetworkSession.CreateAsync(TestModels.Make(
            [new("NoSuchOperator", ["x"], ["y"])], [], [new("x", DType.Float32, [1])], [new("y", DType.Float32, [1])])));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task Thread_pools_and_arenas_do_not_change_results(bool share, bool keep)
    {
        using var session = await NetworkSession.CreateAsync(
            TestModels.Chain(3), new() { ShareThreadPool = share, Threads = 2, KeepActivationMemory = keep, PlanActivationMemory = keep });
        var x = TestModels.Ramp(32 * 32);
        var w = TestModels.Ramp(32 * 32);
        var y = session.Run(new Dictionary<string, TensorData> { ["x"] = TensorData.Of(x, 32, 32), ["w"] = TensorData.Of(w, 32, 32) })["y"];
        var expected = TestModels.Multiply(TestModels.Multiply(TestModels.Multiply(x, w, 32), w, 32), w, 32);
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], y.Floats[i], 1e-3f * MathF.Max(1, MathF.Abs(expected[i])));
    }

    [Fact]
    public async Task The_description_names_library_device_and_shapes()
    {
        using var session = await NetworkSession.CreateAsync(TestModels.Double(), name: "the doubler");
        var text = session.Describe();
        Assert.Contains("the doubler on Cpu", text, StringComparison.Ordinal);
        Assert.Contains("x: Float32[n, m]", text, StringComparison.Ordinal);
        Assert.Contains(OnnxRuntimeInfo.Load().LibraryPath, text, StringComparison.Ordinal);
        Assert.Contains("CPUExecutionProvider", text, StringComparison.Ordinal);
    }
}
