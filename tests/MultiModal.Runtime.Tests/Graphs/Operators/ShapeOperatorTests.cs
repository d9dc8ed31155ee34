using MultiModal.Runtime.Graphs;

namespace MultiModal.Runtime.Tests.Graphs.Operators;

public class ShapeOperatorTests
{
    readonly Graph graph = new();

    [Fact]
    public void Reshape_keeps_the_order_of_elements()
    {
        var x = Nd.Random(1, 2, 3, 4);
        foreach (var shape in (long[][])[[6, 4], [24], [4, 3, 2], [1, 2, 12, 1]])
        {
            var expected = Nd.Of(shape, _ => 0);
            foreach (var (from, to) in Nd.Indices(x.Shape).Zip(Nd.Indices(shape))) expected[to] = x[from];
            OperatorCheck.Equal($"[{string.Join(", ", shape)}]", t => Ops.Reshape(t[0], [.. shape.Select(d => (Dim)d)]), expected, (_, _) => false, x);
            OperatorCheck.Equal("-1", t => Ops.Reshape(t[0], [.. shape.Select((d, i) => (Dim)(i == 0 ? -1 : d))]), expected, (_, _) => false, x);
        }
    }

    [Fact]
    public void Reshape_works_with_symbols_of_any_size()
    {
        var x = graph.Input("x", DType.Float32, "b", "t", 12);
        graph.Output("split", Ops.Reshape(x, "b", "t", 3, -1));
        graph.Output("rows", Ops.Reshape(x, -1, 12));
        graph.Output("product", Ops.Reshape(x, Dim.Symbol("b") * "t" * 4, 3));
        graph.Output("swapped", Ops.Reshape(x, "t", "b", 12));
        graph.Output("back", Ops.Reshape(Ops.Reshape(x, -1, 12), "b", "t", 12));
        graph.Output("flat", Ops.Reshape(x, -1));
        var shifted = Ops.Concat(1, x, Ops.Slice(x, 1, 0, 1));
        graph.Output("shifted", Ops.Reshape(shifted, "b", Dim.Symbol("t") + 1, 4, -1));
        foreach (var (b, t) in ((long, long)[])[(1, 1), (2, 5), (3, 4)])
            foreach (var result in GraphRun.Run(graph, Nd.Random(1, b, t, 12).ToTensor())) Assert.True(result.Length >= b * t * 12);
    }

    [Fact]
    public void Reshape_rejects_what_does_not_hold_the_elements()
    {
        var x = graph.Input("x", DType.Float32, 2, "n");
        Assert.Same(x, Ops.Reshape(x, 2, -1));
        Assert.Throws<GraphException>(() => Ops.Reshape(x, -1, -1));
        Assert.Throws<GraphException>(() => Ops.Reshape(x, 3, -1));
        Assert.Throws<GraphException>(() => Ops.Reshape(x, 2, "m"));
        Assert.Throws<GraphException>(() => Ops.Reshape(x, -2, "n"));
        Assert.Throws<GraphException>(() => Ops.Reshape(x, 0, -1));
        Assert.Contains("[2, n]", Assert.Throws<GraphException>(() => Ops.Reshape(x, 5)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Empty_tensors_keep_their_zeros()
    {
        var x = graph.Input("x", DType.Float32, 0, 6);
        graph.Output("y", Ops.Reshape(x, 3, 0, 2));
        Assert.Equal([3, 0, 2], GraphRun.Run(graph, TensorData.Zeros(DType.Float32, 0, 6))[0].Dimensions);
    }

    [Fact]
    public void Transpose_reorders_axes()
    {
        var x = Nd.Random(2, 2, 3, 4, 5);
        OperatorCheck.Equal("2031", t => Ops.Transpose(t[0], 2, 0, 3, 1), Nd.Of([4, 2, 5, 3], i => x[i[1], i[3], i[0], i[2]]), x);
        OperatorCheck.Equal("swap", t => Ops.SwapAxes(t[0], 1, -1), Nd.Of([2, 5, 4, 3], i => x[i[0], i[3], i[2], i[1]]), x);
        var y = graph.Input("y", DType.Float32, 2, 3);
        Assert.Throws<GraphException>(() => Ops.Transpose(y, 0, 0));
        Assert.Throws<GraphException>(() => Ops.Transpose(y, 0));
        Assert.Throws<GraphException>(() => Ops.SwapAxes(y, 0, 2));
    }

    [Fact]
    public void Axes_of_length_one_come_and_go()
    {
        var x = Nd.Random(3, 2, 3);
        OperatorCheck.Equal("0, 2", t => Ops.Unsqueeze(t[0], 0, 2), Nd.Of([1, 2, 1, 3], i => x[i[1], i[3]]), x);
        OperatorCheck.Equal("-2, -1", t => Ops.Unsqueeze(t[0], -2, -1), Nd.Of([2, 3, 1, 1], i => x[i[0], i[1]]), x);
        OperatorCheck.Equal("-1", t => Ops.Unsqueeze(t[0], -1), Nd.Of([2, 3, 1], i => x[i[0], i[1]]), x);
        OperatorCheck.Equal("squeezed", t => Ops.Squeeze(Ops.Unsqueeze(t[0], 0, 3), -1, 0), x, x);
        var y = graph.Input("y", DType.Float32, 2, 1);
        Assert.Throws<GraphException>(() => Ops.Squeeze(y, 0));
        Assert.Throws<GraphException>(() => Ops.Unsqueeze(y, 4));
        Assert.Throws<GraphException>(() => Ops.Unsqueeze(y, 1, -3));
    }

    [Fact]
    public void Concatenation_and_splitting_are_each_others_reverse()
    {
        var (a, b) = (Nd.Random(4, 2, 3, 4), Nd.Random(5, 2, 1, 4));
        var joined = Nd.Of([2, 4, 4], i => i[1] < 3 ? a[i] : b[i[0], i[1] - 3, i[2]]);
        OperatorCheck.Equal("concat", t => Ops.Concat(1, t[0], t[1]), joined, a, b);
        OperatorCheck.Equal("concat -2", t => Ops.Concat(-2, t[0], t[1]), joined, a, b);
        OperatorCheck.Equal("split", t => Ops.Split(t[0], 1, 3, 1)[0], a, (_, axis) => axis != 1, joined);
        OperatorCheck.Equal("split", t => Ops.Split(t[0], -2, 3, 1)[1], b, (_, axis) => axis != 1, joined);
        OperatorCheck.Equal("chunk", t => Ops.Chunk(t[0], 2, -1)[1], Nd.Of([2, 3, 2], i => a[i[0], i[1], i[2] + 2]), (_, axis) => axis != 2, a);
        var x = graph.Input("x", DType.Float32, 2, "n");
        Assert.Throws<GraphException>(() => Ops.Split(x, 0, 1, 2));
        Assert.Throws<GraphException>(() => Ops.Chunk(x, 3, 0));
        Assert.Throws<GraphException>(() => Ops.Chunk(x, 2, 1));
        Assert.Throws<GraphException>(() => Ops.Concat(1, x, graph.Input("y", DType.Float32, 3, "n")));
    }

    [Fact]
    public void Slices_take_what_lies_between()
    {
        var x = Nd.Random(6, 3, 7);
        OperatorCheck.Equal("2..5", t => Ops.Slice(t[0], 1, 2, 5), Nd.Of([3, 3], i => x[i[0], i[1] + 2]), x);
        OperatorCheck.Equal("2..", t => Ops.Slice(t[0], -1, 2), Nd.Of([3, 5], i => x[i[0], i[1] + 2]), x);
        OperatorCheck.Equal("1.. by 3", t => Ops.Slice(t[0], 1, 1, step: 3), Nd.Of([3, 2], i => x[i[0], (i[1] * 3) + 1]), x);
        OperatorCheck.Equal("0..6 by 4", t => Ops.Slice(t[0], 1, 0, 6, 4), Nd.Of([3, 2], i => x[i[0], i[1] * 4]), x);
        OperatorCheck.Equal("reversed", t => Ops.Slice(t[0], 1, 0, step: -1), Nd.Of([3, 7], i => x[i[0], 6 - i[1]]), x);
        OperatorCheck.Equal("nothing", t => Ops.Slice(t[0], 1, 4, 4), Nd.Of([3, 0], i => 0), x);
    }

    [Fact]
    public void Slices_may_end_at_symbols()
    {
        Dim n = "n";
        var x = graph.Input("x", DType.Int64, n, 2);
        graph.Output("half", Ops.Slice(x, 0, 0, n / 2));
        graph.Output("rest", Ops.Slice(x, 0, n / 2));
        graph.Output("butOne", Ops.Slice(x, 0, 0, n - 1));
        graph.Output("last", Ops.Slice(x, 0, n - 1));
        graph.Output("even", Ops.Slice(x, 0, 0, n - 1, 2));
        Assert.Same(x, Ops.Slice(x, 0, 0, n));
        Assert.Throws<GraphException>(() => Ops.Slice(x, 0, 0, n + 1));
        Assert.Throws<GraphException>(() => Ops.Slice(x, 0, n, n - 1));
        Assert.Throws<GraphException>(() => Ops.Slice(x, 1, 1, 3));
        Assert.Throws<GraphException>(() => Ops.Slice(x, 1, -1));
        Assert.Throws<GraphException>(() => Ops.Slice(x, 1, 0, step: 0));
        Assert.Throws<GraphException>(() => Ops.Slice(x, 1, 1, step: -1));
        foreach (var length in (long[])[1, 2, 5, 8])
        {
            var results = GraphRun.Run(graph, TensorData.Of([.. Enumerable.Range(0, (int)length * 2).Select(i => (long)i)], length, 2));
            Assert.Equal(length, results[0].Dimensions[0] + results[1].Dimensions[0]);
            Assert.Equal([(length * 2) - 2, (length * 2) - 1], results[3].Longs);
        }
    }

    [Fact]
    public void Expanding_repeats_axes_of_length_one()
    {
        var x = Nd.Random(7, 3, 1);
        OperatorCheck.Equal("numbers", t => Ops.Expand(t[0], 2, t[0].Shape[0], 4), Nd.Of([2, 3, 4], i => x[i[1], 0]), x);
        var a = graph.Input("a", DType.Float32, 1, "n");
        var b = graph.Input("b", DType.Float32, "m", 1);
        graph.Output("y", Ops.Expand(a, "m", "n"));
        graph.Output("full", Ops.Full(graph, DType.Int64, 3, "m", 2, "n"));
        graph.Output("b", b);
        Assert.Throws<GraphException>(() => Ops.Expand(a, "m", "k"));
        foreach (var (n, m) in ((long, long)[])[(1, 1), (3, 2), (2, 4)])
        {
            var results = GraphRun.Run(graph, Nd.Random(1, 1, n).ToTensor(), Nd.Random(2, m, 1).ToTensor());
            Assert.All(results[1].Longs.ToArray(), v => Assert.Equal(3, v));
        }
    }

    [Fact]
    public void Padding_adds_zeros_mirrors_or_edges_and_cuts_where_negative()
    {
        var x = Nd.Random(8, 3, 4);
        OperatorCheck.Equal("zeros", t => Ops.Pad(t[0], [1, 0], [0, 2]), Nd.Of([4, 6], i => x.Or(0, i[0] - 1, i[1])), x);
        OperatorCheck.Equal("cut", t => Ops.Pad(t[0], [-1, 2], [0, -1]), Nd.Of([2, 5], i => x.Or(0, i[0] + 1, i[1] - 2)), x);
        OperatorCheck.Equal("edge", t => Ops.Pad(t[0], [0, 2], [1, 1], PadMode.Edge), Nd.Of([4, 7], i => x[Math.Min(i[0], 2), Math.Clamp(i[1] - 2, 0, 3)]), x);
        OperatorCheck.Equal("mirror", t => Ops.Pad(t[0], [2, 0], [2, 3], PadMode.Reflect), Nd.Of([7, 7], i => x[Mirror(i[0] - 2, 3), Mirror(i[1], 4)]), x);
        var y = graph.Input("y", DType.Float32, 3, 3);
        Assert.Throws<GraphException>(() => Ops.Pad(y, [1], [1]));
        Assert.Throws<GraphException>(() => Ops.Pad(y, [0, -2], [0, -2]));
        Assert.Throws<GraphException>(() => Ops.Pad(y, [3, 0], [0, 0], PadMode.Reflect));
        static long Mirror(long i, long n) => i < 0 ? -i : i >= n ? (2 * n) - 2 - i : i;
    }

    [Fact]
    public void Nearest_resizing_reads_at_the_index_times_in_over_out_rounded_down()
    {
        foreach (var (from, to) in ((long, long)[])[(4, 8), (5, 11), (7, 3), (3, 10), (8, 4), (13, 29), (64, 127), (65, 130), (9, 9), (27, 80), (100, 147), (480, 441)])
        {
            var x = Nd.Random((int)from, 1, 2, from, 3);
            OperatorCheck.Equal($"{from} to {to}", t => Ops.Resize(t[0], [to, 6]), Nd.Of([1, 2, to, 6], i => x[0, i[1], i[2] * from / to, i[3] / 2]), (_, _) => false, x);
        }

        var dynamic = graph.Input("x", DType.Float32, 1, 1, "n", "m");
        var other = graph.Input("y", DType.Float32, "k", 2 * Dim.Symbol("m"));
        graph.Output("resized", Ops.Resize(dynamic, ["k", 2 * Dim.Symbol("m")]));
        graph.Output("other", other);
        foreach (var (n, m, k) in ((long, long, long)[])[(4, 2, 7), (5, 3, 9), (6, 1, 12), (9, 2, 5)])
        {
            var x = Nd.Random(9, 1, 1, n, m);
            var result = Nd.From(GraphRun.Run(graph, x.ToTensor(), TensorData.Zeros(DType.Float32, k, 2 * m))[0]);
            Assert.All(Nd.Indices(result.Shape), i => Assert.Equal(x[0, 0, i[2] * n / k, i[3] / 2], result[i]));
        }
    }

    [Fact]
    public void Linear_resizing_takes_half_pixel_centres()
    {
        foreach (var (from, to) in ((long, long)[])[(4, 8), (5, 7), (3, 12)])
        {
            var x = Nd.Random((int)to, 2, 1, from);
            var expected = Nd.Of([2, 1, to], i =>
            {
                var at = Math.Clamp(((i[2] + 0.5) * from / to) - 0.5, 0, from - 1);
                var (low, part) = ((long)at, at - (long)at);
                return (x[i[0], 0, low] * (1 - part)) + (x[i[0], 0, Math.Min(low + 1, from - 1)] * part);
            });
            OperatorCheck.Equal($"{from} to {to}", t => Ops.Resize(t[0], [to], linear: true), expected, (_, _) => false, x);
        }
    }

    [Fact]
    public void Pixel_shuffle_moves_channels_into_space()
    {
        var x = Nd.Random(10, 2, 12, 2, 3);
        OperatorCheck.Equal(
            "channel first", t => Ops.PixelShuffle(t[0], 2), Nd.Of([2, 3, 4, 6], i => x[i[0], (i[1] * 4) + (i[2] % 2 * 2) + (i[3] % 2), i[2] / 2, i[3] / 2]),
            (_, axis) => axis != 1, x);
        OperatorCheck.Equal(
            "block first", t => Ops.PixelShuffle(t[0], 2, blockFirst: true), Nd.Of([2, 3, 4, 6], i => x[i[0], (((i[2] % 2 * 2) + (i[3] % 2)) * 3) + i[1], i[2] / 2, i[3] / 2]),
            (_, axis) => axis != 1, x);
        Assert.Throws<GraphException>(() => Ops.PixelShuffle(graph.Input("x", DType.Float32, 1, 6, 2, 2), 2));
    }

    [Fact]
    public void Ranges_count_up_to_symbols()
    {
        var x = graph.Input("x", DType.Float32, "n");
        graph.Output("fixed", Ops.Range(graph, 4, 2));
        graph.Output("symbolic", Ops.Range(graph, Dim.Symbol("n") + 1, 3));
        graph.Output("x", x);
        Assert.Throws<GraphException>(() => Ops.Range(graph, -1));
        foreach (var n in (long[])[1, 4])
        {
            var results = GraphRun.Run(graph, TensorData.Zeros(DType.Float32, n));
            Assert.Equal([2, 3, 4, 5], results[0].Longs);
            Assert.Equal(Enumerable.Range(3, (int)n + 1).Select(i => (long)i), results[1].Longs.ToArray());
        }
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 0)]
    [InlineData(true, 1)]
    [InlineData(false, -2)]
    public void Triangles_keep_one_side_of_a_diagonal(bool upper, int diagonal)
    {
        var x = Nd.Random(11, 2, 4, 5);
        var expected = Nd.Of(x.Shape, i => (upper ? i[2] - i[1] >= diagonal : i[2] - i[1] <= diagonal) ? x[i] : 0);
        OperatorCheck.Equal("triangle", t => Ops.Triangle(t[0], upper, diagonal), expected, x);
    }
}
