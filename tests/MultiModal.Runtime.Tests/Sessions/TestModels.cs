using Google.Protobuf;
using MultiModal.Runtime.Graphs.Onnx;
using MultiModal.Runtime.Weights;

namespace MultiModal.Runtime.Tests.Sessions;

/// <summary>Small models made by hand.</summary>
static class TestModels
{
    /// <summary>y = x + x over any shape [n, m].</summary>
    public static OnnxModel Double(DType type = DType.Float32) => Make(
        [new("Add", ["x", "x"], ["y"])], [], [new("x", type, ["n", "m"])], [new("y", type, ["n", "m"])]);

    /// <summary>y = x w with x [n, rows].</summary>
    public static OnnxModel Product(OnnxWeight weight) => Make(
        [new("MatMul", ["x", weight.Name], ["y"])],
        [weight],
        [new("x", DType.Float32, ["n", weight.Dimensions[0]])],
        [new("y", DType.Float32, ["n", weight.Dimensions[1]])]);

    /// <summary>y = the indices of the elements of x that are not zero: its length is known only after the run.</summary>
    public static OnnxModel NonZero() => Make(
        [new("NonZero", ["x"], ["y"])], [], [new("x", DType.Float32, ["n"])], [new("y", DType.Int64, [1, "found"])]);

    /// <summary>y = x multiplied with itself many times: a run that takes a while, of many operators.</summary>
    public static OnnxModel Chain(int steps)
    {
        var nodes = Enumerable.Range(0, steps)
            .Select(i => new Op("MatMul", [i == 0 ? "x" : $"t{i}", "w"], [i == steps - 1 ? "y" : $"t{i + 1}"])).ToList();
        OnnxValue square(string name) => new(name, DType.Float32, ["n", "n"]);
        return Make(nodes, [], [square("x"), square("w")], [square("y")]);
    }

    /// <summary>y = x, after turning in a loop as long as the truth value "go" is true: it is read where the caller has it.</summary>
    public static OnnxModel Turnstile()
    {
        var model = Make(
            [new("Loop", [string.Empty, "go", "x"], ["y"])],
            [],
            [new("go", DType.Bool, [1]), new("x", DType.Float32, ["n"])],
            [new("y", DType.Float32, ["n"])]);
        var body = new GraphProto { Name = "body" };
        body.Node.Add(new NodeProto { OpType = "Identity", Input = { "go" }, Output = { "again" } });
        body.Node.Add(new NodeProto { OpType = "Identity", Input = { "v" }, Output = { "v_next" } });
        body.Input.Add(Info(new("i", DType.Int64, [])));
        body.Input.Add(Info(new("c", DType.Bool, [1])));
        body.Input.Add(Info(new("v", DType.Float32, ["n"])));
        body.Output.Add(Info(new("again", DType.Bool, [1])));
        body.Output.Add(Info(new("v_next", DType.Float32, ["n"])));
        var proto = ModelProto.Parser.ParseFrom(model.Proto.Span);
        proto.Graph.Node[0].Attribute.Add(new AttributeProto { Name = "body", G = body, Type = AttributeProto.Types.AttributeType.Graph });
        return new(proto.ToByteArray(), model.Weights, model.Inputs, model.Outputs);
    }

    public static OnnxModel Make(
        IReadOnlyList<Op> nodes, IReadOnlyList<OnnxWeight> weights, IReadOnlyList<OnnxValue> inputs, IReadOnlyList<OnnxValue> outputs)
    {
        var graph = new GraphProto { Name = "test" };
        foreach (var op in nodes)
            graph.Node.Add(new NodeProto { OpType = op.Type, Input = { op.Inputs }, Output = { op.Outputs } });
        graph.Input.AddRange(inputs.Select(Info));
        graph.Output.AddRange(outputs.Select(Info));
        var model = new ModelProto { IrVersion = 9, Graph = graph, OpsetImport = { new OperatorSetIdProto { Domain = string.Empty, Version = 20 } } };
        return new(model.ToByteArray(), weights, inputs, outputs);
    }

    /// <summary>Numbers that no two elements share.</summary>
    public static float[] Ramp(int count) => [.. Enumerable.Range(0, count).Select(i => ((i * 37 % 101) - 50) / 64f)];

    /// <summary>x [n, rows] times w [rows, columns], the slow way.</summary>
    public static float[] Multiply(ReadOnlySpan<float> x, ReadOnlySpan<float> w, int rows)
    {
        var columns = w.Length / rows;
        var result = new float[x.Length / rows * columns];
        for (var i = 0; i < result.Length; i++)
        {
            var sum = 0.0;
            for (var k = 0; k < rows; k++)
                sum += x[(i / columns * rows) + k] * w[(k * columns) + (i % columns)];
            result[i] = (float)sum;
        }

        return result;
    }

    static ValueInfoProto Info(OnnxValue value)
    {
        var shape = new TensorShapeProto();
        shape.Dim.AddRange(value.Dimensions.Select(d => d.Symbol is { } symbol
            ? new TensorShapeProto.Types.Dimension { DimParam = symbol }
            : new TensorShapeProto.Types.Dimension { DimValue = d.Length }));
        return new() { Name = value.Name, Type = new() { TensorType = new() { ElemType = (int)value.Type, Shape = shape } } };
    }

    public sealed record Op(string Type, string[] Inputs, string[] Outputs);

    /// <summary>A tensor in a file of its own, or one that has no place in a file.</summary>
    public sealed class StoredTensor(string name, DType type, byte[] bytes, long[] dimensions, string? path, long offset = 0) : WeightTensor(name, type, dimensions)
    {
        public override FileRegion? Region => path is null ? null : new FileRegion(path, offset, bytes.Length);

        public override void CopyTo(Span<byte> destination) => bytes.CopyTo(destination);
    }
}
