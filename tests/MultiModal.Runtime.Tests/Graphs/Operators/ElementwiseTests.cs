using MultiModal.Runtime.Graphs;
using MultiModal.Testing;

namespace MultiModal.Runtime.Tests.Graphs.Operators;

public class ElementwiseTests
{
    static readonly Dictionary<string, (Func<Tensor, Tensor> Build, Func<double, double> Expected)> unary = new()
    {
        ["negative"] = (x => -x, v => -v),
        ["absolute"] = (Ops.Abs, Math.Abs),
        ["sign"] = (Ops.Sign, v => Math.Sign(v)),
        ["exponential"] = (Ops.Exp, Math.Exp),
        ["logarithm"] = (x => Ops.Log(Ops.Abs(x)), v => Math.Log(Math.Abs(v))),
        ["square root"] = (x => Ops.Sqrt(Ops.Abs(x)), v => Math.Sqrt(Math.Abs(v))),
        ["reciprocal"] = (x => Ops.Reciprocal(x + 3f), v => 1 / (v + 3)),
        ["sine"] = (Ops.Sin, Math.Sin),
        ["cosine"] = (Ops.Cos, Math.Cos),
        ["hyperbolic tangent"] = (Ops.Tanh, Math.Tanh),
        ["error function"] = (Ops.Erf, ErrorFunction),
        ["floor"] = (x => Ops.Floor(x * 3f), v => Math.Floor((float)v * 3f)),
        ["ceiling"] = (x => Ops.Ceiling(x * 3f), v => Math.Ceiling((float)v * 3f)),
        ["rounding"] = (x => Ops.Round(x * 3f), v => Math.Round((float)v * 3f)),
        ["clipping"] = (x => Ops.Clip(x, -0.3f, 0.5f), v => Math.Clamp(v, -0.3f, 0.5f)),
        ["stopped gradient"] = (Ops.StopGradient, v => v),
        ["sigmoid"] = (Ops.Sigmoid, Sigmoid),
        ["ReLU"] = (Ops.Relu, v => Math.Max(v, 0)),
        ["leaky ReLU"] = (x => Ops.LeakyRelu(x, 0.1f), v => v > 0 ? v : v * 0.1f),
        ["ELU"] = (x => Ops.Elu(x, 0.7f), v => v > 0 ? v : 0.7f * (Math.Exp(v) - 1)),
        ["softplus"] = (Ops.Softplus, Softplus),
        ["SiLU"] = (Ops.Silu, v => v * Sigmoid(v)),
        ["quick GELU"] = (Ops.QuickGelu, v => v * Sigmoid(1.702 * v)),
        ["GELU"] = (Ops.Gelu, v => v * (1 + ErrorFunction(v / Math.Sqrt(2))) / 2),
        ["GELU by tanh"] = (Ops.GeluTanh, v => v * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (v + (0.044715 * v * v * v)))) / 2),
        ["Mish"] = (Ops.Mish, v => v * Math.Tanh(Softplus(v))),
        ["number on the left"] = (x => 2f - (3f / (x + 4f)), v => 2 - (3 / (v + 4))),
    };

    static readonly Dictionary<string, (Func<Tensor, Tensor, Tensor> Build, Func<double, double, double> Expected)> binary = new()
    {
        ["sum"] = ((a, b) => a + b, (a, b) => a + b),
        ["difference"] = ((a, b) => a - b, (a, b) => a - b),
        ["product"] = ((a, b) => a * b, (a, b) => a * b),
        ["quotient"] = ((a, b) => a / (b + 2f), (a, b) => a / (b + 2)),
        ["power"] = ((a, b) => Ops.Pow(a + 2f, b), (a, b) => Math.Pow(a + 2, b)),
        ["minimum"] = (Ops.Min, Math.Min),
        ["maximum"] = (Ops.Max, Math.Max),
        ["remainder"] = ((a, b) => Ops.Mod(a * 5f, b + 2f), (a, b) => (float)a * 5f % ((float)b + 2f)),
        ["equality"] = ((a, b) => Number(Ops.Equal(Ops.Sign(a), Ops.Sign(b))), (a, b) => Math.Sign(a) == Math.Sign(b) ? 1 : 0),
        ["less"] = ((a, b) => Number(Ops.Less(a, b)), (a, b) => a < b ? 1 : 0),
        ["at most"] = ((a, b) => Number(Ops.LessOrEqual(Ops.Sign(a), Ops.Sign(b))), (a, b) => Math.Sign(a) <= Math.Sign(b) ? 1 : 0),
        ["greater"] = ((a, b) => Number(Ops.Greater(a, b)), (a, b) => a > b ? 1 : 0),
        ["at least"] = ((a, b) => Number(Ops.GreaterOrEqual(Ops.Sign(a), Ops.Sign(b))), (a, b) => Math.Sign(a) >= Math.Sign(b) ? 1 : 0),
        ["and"] = ((a, b) => Number(Ops.And(Positive(a), Positive(b))), (a, b) => a > 0 && b > 0 ? 1 : 0),
        ["or"] = ((a, b) => Number(Ops.Or(Positive(a), Ops.Not(Positive(b)))), (a, b) => a > 0 || b <= 0 ? 1 : 0),
    };

    public static TheoryData<string> Unary => [.. unary.Keys];

    public static TheoryData<string> Binary => [.. binary.Keys];

    [Theory]
    [MemberData(nameof(Unary))]
    public void Functions_of_one_tensor_equal_their_formulas(string name)
    {
        var (build, expected) = unary[name];
        foreach (var shape in (long[][])[[], [7], [2, 3, 4]])
        {
            var x = Nd.Random(name.Length, shape).Map(v => (float)(v * 3));
            OperatorCheck.Equal(name, t => build(t[0]), x.Map(expected), x);
        }
    }

    [Theory]
    [MemberData(nameof(Binary))]
    public void Functions_of_two_tensors_broadcast(string name)
    {
        var (build, expected) = binary[name];
        (long[] A, long[] B)[] shapes = [([5], [5]), ([2, 3], [3]), ([3, 1, 4], [2, 1]), ([], [2, 2]), ([1, 3], [4, 1, 1]), ([2, 1, 3, 1], [4, 1, 5])];
        for (var seed = 0; seed < shapes.Length; seed++)
        {
            var (a, b) = (Nd.Random(seed, shapes[seed].A), Nd.Random(seed + 100, shapes[seed].B));
            var result = Nd.Of(Nd.BroadcastShape(a.Shape, b.Shape), i => expected(a.Broadcast(i), b.Broadcast(i)));
            OperatorCheck.Equal($"{name}, seed {seed}", t => build(t[0], t[1]), result, a, b);
        }
    }

    [Fact]
    public void Where_broadcasts_all_three()
    {
        var (condition, a, b) = (Nd.Random(1, 4, 1), Nd.Random(2, 3), Nd.Random(3, 2, 1, 1));
        var expected = Nd.Of([2, 4, 3], i => condition.Broadcast(i) > 0 ? a.Broadcast(i) : b.Broadcast(i));
        OperatorCheck.Equal("where", t => Ops.Where(Positive(t[0]), t[1], t[2]), expected, condition, a, b);
    }

    [Fact]
    public void Integers_divide_towards_zero_and_leave_the_sign_of_the_divisor()
    {
        var graph = new Graph();
        var (a, b) = (graph.Input("a", DType.Int64, "n"), graph.Input("b", DType.Int64, "n"));
        graph.Output("quotient", a / b);
        graph.Output("remainder", Ops.Mod(a, b));
        var results = GraphRun.Run(graph, TensorData.Of([7L, -7, 7, -7], 4), TensorData.Of([2L, 2, -2, -2], 4));
        Assert.Equal([3, -3, -3, 3], results[0].Longs);
        Assert.Equal([1, 1, -1, -1], results[1].Longs);
    }

    [Fact]
    public void Casting_changes_the_type_only()
    {
        var graph = new Graph();
        var x = graph.Input("x", DType.Float32, "n");
        Assert.Same(x, Ops.Cast(x, DType.Float32));
        foreach (var type in (DType[])[DType.Int64, DType.Int32, DType.Float64, DType.Float16, DType.Bool, DType.UInt8])
            graph.Output(type.ToString(), Ops.Cast(x, type));
        foreach (var result in GraphRun.Run(graph, TensorData.Of([0f, 1, 3], 3)))
            Assert.Equal(result.Type == DType.Bool ? [0.0, 1, 1] : [0.0, 1, 3], Compare.Widen(result));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    public void Softmax_and_its_logarithm_equal_their_formulas(int axis)
    {
        var x = Nd.Random(axis + 7, 3, 4, 5).Map(v => (float)(v * 4));
        var along = axis < 0 ? axis + 3 : axis;
        var softmax = Nd.Of(x.Shape, i => Math.Exp(x[i]) / Enumerable.Range(0, (int)x.Shape[along]).Sum(k => Math.Exp(x[With(i, along, k)])));
        OperatorCheck.Equal("softmax", t => Ops.Softmax(t[0], axis), softmax, x);
        OperatorCheck.Equal("log softmax", t => Ops.LogSoftmax(t[0], axis), softmax.Map(Math.Log), x);
    }

    static long[] With(long[] index, int axis, long value)
    {
        var copy = (long[])index.Clone();
        copy[axis] = value;
        return copy;
    }

    static Tensor Number(Tensor truth) => Ops.Cast(truth, DType.Float32);

    static Tensor Positive(Tensor x) => Ops.Greater(x, x.Graph.Constant(0f));

    static double Sigmoid(double v) => 1 / (1 + Math.Exp(-v));

    static double Softplus(double v) => Math.Log(1 + Math.Exp(v));

    /// <summary>By its Maclaurin series, which is plenty for arguments of up to 3.</summary>
    static double ErrorFunction(double v)
    {
        var (sum, term) = (v, v);
        for (var n = 1; n < 80; n++)
        {
            term *= -v * v / n;
            sum += term / ((2 * n) + 1);
        }

        return 2 / Math.Sqrt(Math.PI) * sum;
    }
}
