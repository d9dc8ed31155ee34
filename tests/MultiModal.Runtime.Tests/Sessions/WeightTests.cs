using System.Runtime.InteropServices;
using MultiModal.Runtime.Graphs.Onnx;
using MultiModal.Runtime.Sessions;
using MultiModal.Runtime.Weights;
using MultiModal.Testing;

namespace MultiModal.Runtime.Tests.Sessions;

[Collection(SessionCollection.Name)]
public sealed class WeightTests : NoLeakedHandles
{
    const int Rows = 192;
    const int Columns = 160;

    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("multimodal-weights-");

    public static TheoryData<DType, WeightPlacement, bool> Ways()
    {
        var data = new TheoryData<DType, WeightPlacement, bool>();
        foreach (var type in new[] { DType.Float32, DType.Float16, DType.BFloat16, DType.Float64 })
        {
            foreach (var placement in new[] { WeightPlacement.Shared, WeightPlacement.Constant })
            {
                data.Add(type, placement, true);
                data.Add(type, placement, false);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_weight_is_the_same_wherever_it_lies(DType stored, WeightPlacement placement, bool inFile)
    {
        var (bytes, expected) = Stored(stored);
        var path = inFile ? Write("w.bin", bytes, padding: 6) : null;
        var weight = new OnnxWeight("w", DType.Float32, new TestModels.StoredTensor("w", stored, bytes, [Rows, Columns], path, 6));
        // A limit of no bytes makes constants point into the file.
        using var session = await NetworkSession.CreateAsync(TestModels.Product(weight), new() { Weights = placement, SharedWeightBytes = 0 });
        Check(session, expected);
    }

    [Theory]
    [InlineData(WeightPlacement.Shared)]
    [InlineData(WeightPlacement.Constant)]
    public async Task A_weight_in_memory_is_used(WeightPlacement placement)
    {
        var values = TestModels.Ramp(Rows * Columns);
        var weight = new OnnxWeight("w", TensorData.Of(values, Rows, Columns));
        using var session = await NetworkSession.CreateAsync(TestModels.Product(weight), new() { Weights = placement });
        Check(session, values);
    }

    [Theory]
    [InlineData(WeightPlacement.Shared)]
    [InlineData(WeightPlacement.Constant)]
    public async Task Weights_of_a_safetensors_file_outlive_the_file_object(WeightPlacement placement)
    {
        var (bytes, expected) = Stored(DType.Float16);
        var path = WriteSafetensors(("F16", bytes), ("F32", MemoryMarshal.AsBytes<float>(expected).ToArray()));
        OnnxModel model;
        NetworkSession session;
        using (var file = SafetensorsFile.Open(path))
        {
            model = TestModels.Make(
                [new("MatMul", ["x", "t0"], ["a"]), new("MatMul", ["x", "t1"], ["b"]), new("Sub", ["a", "b"], ["y"])],
                [new("t0", DType.Float32, file.Find("t0")!), new("t1", DType.Float32, file.Find("t1")!)],
                [new("x", DType.Float32, ["n", Rows])],
                [new("y", DType.Float32, ["n", Columns])]);
            session = await NetworkSession.CreateAsync(model, new() { Weights = placement, SharedWeightBytes = 0 });
        }

        using (session)
        {
            var y = session.Run(new Dictionary<string, TensorData> { ["x"] = TensorData.Of(TestModels.Ramp(2 * Rows), 2, Rows) })["y"];
            Assert.All(y.Floats.ToArray(), value => Assert.Equal(0, value));
        }
    }

    [Fact]
    public async Task Constants_may_come_from_files_in_several_folders_and_through_links()
    {
        var (bytes, expected) = Stored(DType.Float16);
        var first = Write(Path.Combine("a", "deep", "one.bin"), bytes, 0);
        var second = Write(Path.Combine("b", "two.bin"), bytes, 0);
        var link = Path.Combine(folder.FullName, "link.bin");
        File.CreateSymbolicLink(link, second);
        var model = TestModels.Make(
            [new("MatMul", ["x", "w1"], ["a"]), new("MatMul", ["x", "w2"], ["b"]), new("Add", ["a", "b"], ["y"])],
            [
                new("w1", DType.Float32, new TestModels.StoredTensor("w1", DType.Float16, bytes, [Rows, Columns], first)),
                new("w2", DType.Float32, new TestModels.StoredTensor("w2", DType.Float16, bytes, [Rows, Columns], link)),
            ],
            [new("x", DType.Float32, ["n", Rows])],
            [new("y", DType.Float32, ["n", Columns])]);
        using var session = await NetworkSession.CreateAsync(model, new() { Weights = WeightPlacement.Constant, SharedWeightBytes = 0 });
        Check(session, [.. expected.Select(value => 2 * value)]);
    }

    [Fact]
    public async Task A_weight_that_cannot_be_read_is_the_error_of_its_file()
    {
        var weight = new OnnxWeight("w", DType.Float32, new BrokenTensor());
        var error = await Assert.ThrowsAsync<InvalidFileException>(
            () => NetworkSession.CreateAsync(TestModels.Product(weight), new() { Weights = WeightPlacement.Shared }));
        Assert.Equal("broken.safetensors", error.File);
    }

    [Fact]
    public async Task Loading_reports_progress_to_the_end_and_can_be_cancelled()
    {
        var (bytes, _) = Stored(DType.Float16);
        var weight = new OnnxWeight("w", DType.Float32, new TestModels.StoredTensor("w", DType.Float16, bytes, [Rows, Columns], null));
        var reports = new Reports();
        using (await NetworkSession.CreateAsync(TestModels.Product(weight), new() { Weights = WeightPlacement.Shared }, progress: reports))
            Assert.Equal(1, reports.Last.Fraction);

        using var cancel = new CancellationTokenSource();
        var stop = new Reports(cancel.Cancel);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => NetworkSession.CreateAsync(
            TestModels.Product(weight), new() { Weights = WeightPlacement.Shared }, progress: stop, cancellationToken: cancel.Token));
    }

    protected override void Dispose(bool disposing)
    {
        folder.Delete(recursive: true);
        base.Dispose(disposing);
    }

    static void Check(NetworkSession session, float[] weights)
    {
        var x = TestModels.Ramp(3 * Rows);
        var y = session.Run(new Dictionary<string, TensorData> { ["x"] = TensorData.Of(x, 3, Rows) })["y"];
        var expected = TestModels.Multiply(x, weights, Rows);
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], y.Floats[i], 1e-3f);
    }

    /// <summary>The ramp, whose values all of the types hold exactly.</summary>
    static (byte[] Bytes, float[] Values) Stored(DType type)
    {
        var values = TestModels.Ramp(Rows * Columns);
        var bytes = new byte[values.Length * type.Size()];
        ElementConversion.FromFloat32(values, type, bytes);
        return (bytes, values);
    }

    string Write(string name, byte[] bytes, int padding)
    {
        var path = Path.Combine(folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, [.. new byte[padding], .. bytes]);
        return path;
    }

    string WriteSafetensors(params (string Type, byte[] Bytes)[] tensors)
    {
        var offset = 0;
        var entries = new List<string>();
        for (var i = 0; i < tensors.Length; i++)
        {
            entries.Add($$"""
                "t{{i}}":{"dtype":"{{tensors[i].Type}}","shape":[{{Rows}},{{Columns}}],"data_offsets":[{{offset}},{{offset + tensors[i].Bytes.Length}}]}
                """.Trim());
            offset += tensors[i].Bytes.Length;
        }

        var header = System.Text.Encoding.UTF8.GetBytes("{" + string.Join(',', entries) + "}");
        var path = Path.Combine(folder.FullName, "model.safetensors");
        File.WriteAllBytes(path, [.. BitConverter.GetBytes((ulong)header.Length), .. header, .. tensors.SelectMany(t => t.Bytes)]);
        return path;
    }

    sealed class BrokenTensor() : WeightTensor("w", DType.Float16, [Rows, Columns])
    {
        public override void CopyTo(Span<byte> destination) => throw new InvalidFileException("broken.safetensors", "The file ends too early.");
    }

    sealed class Reports(Action? onReport = null) : IProgress<SessionLoadProgress>
    {
        public SessionLoadProgress Last { get; private set; }

        public void Report(SessionLoadProgress value)
        {
            Last = value;
            onReport?.Invoke();
        }
    }
}
