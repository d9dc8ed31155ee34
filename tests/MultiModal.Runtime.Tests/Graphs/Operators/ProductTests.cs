using MultiModal.Runtime.Graphs;

namespace MultiModal.Runtime.Tests.Graphs.Operators;

public class ProductTests
{
    [Theory]
    [InlineData(new long[] { 3, 4 }, new long[] { 4, 5 })]
    [InlineData(new long[] { 2, 3, 4 }, new long[] { 4, 5 })]
    [InlineData(new long[] { 3, 4 }, new long[] { 2, 4, 1 })]
    [InlineData(new long[] { 2, 1, 3, 4 }, new long[] { 5, 4, 2 })]
    public void Matrix_products_broadcast_leading_axes(long[] left, long[] right)
    {
        var (a, b) = (Nd.Random(1, left), Nd.Random(2, right));
        var expected = Nd.Of(Shape(left, right), i => Product(a, b, i));
        OperatorCheck.Equal("product", t => Ops.MatMul(t[0], t[1]), expected, a, b);
    }

    [Theory]
    [InlineData(new long[] { 3, 4 })]
    [InlineData(new long[] { 2, 3, 4 })]
    [InlineData(new long[] { 2, 2, 3, 4 })]
    public void Linear_layers_multiply_by_the_transposed_weight(long[] shape)
    {
        var (x, weight, bias) = (Nd.Random(3, shape), Nd.Random(4, 5, 4), Nd.Random(5, 5));
        double Plain(long[] i) => Enumerable.Range(0, 4).Sum(k => x[[.. i.SkipLast(1), k]] * weight[i[^1], k]);
        long[] result = [.. shape.SkipLast(1), 5];
        OperatorCheck.Equal("with bias", t => Ops.Linear(t[0], t[1], t[2]), Nd.Of(result, i => Plain(i) + bias[i[^1]]), x, weight, bias);
        OperatorCheck.Equal("without", t => Ops.Linear(t[0], t[1]), Nd.Of(result, Plain), x, weight);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Gemm_transposes_either_side(bool first, bool second)
    {
        var (a, b, c) = (Nd.Random(6, first ? [4, 3] : [3, 4]), Nd.Random(7, second ? [5, 4] : [4, 5]), Nd.Random(8, 5));
        var expected = Nd.Of([3, 5], i =>
            (2 * Enumerable.Range(0, 4).Sum(k => (first ? a[k, i[0]] : a[i[0], k]) * (second ? b[i[1], k] : b[k, i[1]]))) + (0.5 * c[i[1]]));
        OperatorCheck.Equal("gemm", t => Ops.Gemm(t[0], t[1], t[2], first, second, 2, 0.5f), expected, a, b, c);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData(0.3f, false)]
    [InlineData(null, true)]
    public void Attention_weights_values_by_the_softmax_of_scaled_products(float? scale, bool masked)
    {
        var (q, k, v) = (Nd.Random(9, 2, 3, 4, 8), Nd.Random(10, 2, 3, 5, 8), Nd.Random(11, 2, 3, 5, 6));
        var mask = Nd.Random(12, 2, 1, 4, 5).Map(m => masked ? m * 3 : 0);
        var factor = scale ?? 1 / Math.Sqrt(8);
        var expected = Nd.Of([2, 3, 4, 6], i =>
        {
            double[] weights =
            [
                .. Enumerable.Range(0, 5).Select(t => Math.Exp(
                    (Enumerable.Range(0, 8).Sum(d => q[i[0], i[1], i[2], d] * k[i[0], i[1], t, d]) * factor) + mask[i[0], 0, i[2], t])),
            ];
            return weights.Select((w, t) => w * v[i[0], i[1], t, i[3]]).Sum() / weights.Sum();
        });

        // The depth must be a number, as the default scale is computed from it.
        OperatorCheck.Equal("attention", t => Ops.Attention(t[0], t[1], t[2], masked ? t[3] : null, scale), expected, (input, axis) => input == 3 || axis != 3, q, k, v, mask);
    }

    [Fact]
    public void Inner_lengths_must_agree()
    {
        var graph = new Graph();
        var a = graph.Input("a", DType.Float32, 2, 3);
        Assert.Contains("3 against 2", Assert.Throws<GraphException>(() => Ops.MatMul(a, a)).Message, StringComparison.Ordinal);
        Assert.Throws<GraphException>(() => Ops.MatMul(a, graph.Input("v", DType.Float32, 3)));
        Assert.Throws<GraphException>(() => Ops.MatMul(graph.Input("b", DType.Float32, 2, 1, 3), graph.Input("c", DType.Float32, 4, 3, 1)));
    }

    static long[] Shape(long[] a, long[] b) => [.. Nd.BroadcastShape(a[..^2], b[..^2]), a[^2], b[^1]];

    static double Product(Nd a, Nd b, long[] i)
    {
        var sum = 0.0;
        for (var k = 0; k < a.Shape[^1]; k++) sum += a.Broadcast([.. i.SkipLast(1), k]) * b.Broadcast([.. i.SkipLast(2), k, i[^1]]);
        return sum;
    }
}
