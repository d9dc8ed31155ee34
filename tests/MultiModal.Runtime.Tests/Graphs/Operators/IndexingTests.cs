using MultiModal.Runtime.Graphs;
using MultiModal.Testing;

namespace MultiModal.Runtime.Tests.Graphs.Operators;

public class IndexingTests
{
    readonly Graph graph = new();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    public void Gather_puts_rows_in_the_place_of_the_axis(int axis)
    {
        var along = axis < 0 ? axis + 3 : axis;
        var x = Nd.Random(1, 3, 4, 5);
        long[,] picked = { { 2, 0 }, { 1, 2 }, { 0, -1 } };
        var index = Nd.Of([3, 2], i => picked[i[0], i[1]]);
        long[] shape = [.. x.Shape.Take(along), 3, 2, .. x.Shape.Skip(along + 1)];
        var expected = Nd.Of(shape, i =>
        {
            var row = picked[i[along], i[along + 1]];
            return x[[.. i.Take(along), row < 0 ? row + x.Shape[along] : row, .. i.Skip(along + 2)]];
        });
        OperatorCheck.Equal($"axis {axis}", t => Ops.Gather(t[0], Ops.Cast(t[1], DType.Int64), axis), expected, (input, _) => input == 0, x, index);
    }

    [Fact]
    public void Gathered_and_scattered_elements_have_an_index_each()
    {
        var (x, updates) = (Nd.Random(2, 3, 5), Nd.Random(3, 3, 2));
        var index = Nd.Of([3, 2], i => (i[0] + (i[1] * 2)) % 5);
        static Tensor Index(Tensor t) => Ops.Cast(t, DType.Int64);
        OperatorCheck.Equal("gather", t => Ops.GatherElements(t[0], Index(t[1]), 1), Nd.Of([3, 2], i => x[i[0], (long)index[i]]), (_, _) => false, x, index);
        var (replaced, added) = (Nd.Of(x.Shape, i => x[i]), Nd.Of(x.Shape, i => x[i]));
        foreach (var i in Nd.Indices(index.Shape))
        {
            replaced[i[0], (long)index[i]] = updates[i];
            added[i[0], (long)index[i]] += updates[i];
        }

        OperatorCheck.Equal("replace", t => Ops.ScatterElements(t[0], Index(t[1]), t[2], -1), replaced, (_, _) => false, x, index, updates);
        OperatorCheck.Equal("add", t => Ops.ScatterElements(t[0], Index(t[1]), t[2], 1, add: true), added, (_, _) => false, x, index, updates);
    }

    [Fact]
    public void Scattering_by_tuples_adds_up_what_has_the_same_tuple()
    {
        // The gradient of an embedding: rows of a table, some of them asked for twice.
        var (table, updates) = (Nd.Random(4, 4, 3), Nd.Random(5, 2, 3, 3));
        var index = Nd.Of([2, 3, 1], i => (i[0] + i[1]) % 3);
        var added = Nd.Of(table.Shape, i => table[i]);
        foreach (var i in Nd.Indices(updates.Shape)) added[(long)index[i[0], i[1], 0], i[2]] += updates[i];
        OperatorCheck.Equal("add", t => Ops.ScatterNd(t[0], Ops.Cast(t[1], DType.Int64), t[2], add: true), added, (_, _) => false, table, index, updates);

        var pairs = Nd.Of([2, 2], i => i[0] + i[1]);
        var values = Nd.Random(6, 2);
        var replaced = Nd.Of(table.Shape, i => table[i]);
        replaced[0, 1] = values[0];
        replaced[1, 2] = values[1];
        OperatorCheck.Equal("replace", t => Ops.ScatterNd(t[0], Ops.Cast(t[1], DType.Int64), t[2]), replaced, (_, _) => false, table, pairs, values);
    }

    [Fact]
    public void The_largest_and_smallest_come_in_order_with_their_places()
    {
        var x = graph.Input("x", DType.Float32, "n", 4);
        var (values, places) = Ops.TopK(x, 2);
        graph.Output("values", values);
        graph.Output("places", places);
        graph.Output("smallest", Ops.TopK(x, 1, 0, largest: false).Values);
        graph.Output("where", Ops.ArgMax(x, -1));
        Assert.Throws<GraphException>(() => Ops.TopK(x, 5));
        var results = GraphRun.Run(graph, TensorData.Of([3f, 1, 4, 1, 5, 9, 2, 9], 2, 4));
        Assert.Equal([4, 3, 9, 9], results[0].Floats);
        Assert.Equal([2, 0, 1, 3], results[1].Longs);
        Assert.Equal([3, 1, 2, 1], results[2].Floats);
        Assert.Equal([2, 1], results[3].Longs);
    }

    [Fact]
    public void One_hot_rows_pick_what_gather_picks()
    {
        var ids = graph.Input("ids", DType.Int64, "b", "t");
        var table = graph.Input("table", DType.Float32, "rows", 3);
        graph.Output("picked", Ops.Gather(table, ids));
        graph.Output("product", Ops.MatMul(Ops.OneHot(ids, "rows"), table));
        graph.Output("outside", Ops.OneHot(ids, 2, DType.Int64));
        var results = GraphRun.Run(graph, TensorData.Of([0L, 3, 1, 1, 2, 0], 2, 3), Nd.Random(7, 4, 3).ToTensor());
        Compare.Close(results[0], results[1], 1e-6, "picked");
        Assert.Equal([1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 0], results[2].Longs);
    }

    [Fact]
    public void What_does_not_fit_is_an_error()
    {
        var x = graph.Input("x", DType.Float32, 3, 4);
        var ids = graph.Input("ids", DType.Int64, 3, 2);
        var updates = graph.Input("updates", DType.Float32, 3, 3);
        Assert.Throws<GraphException>(() => Ops.Gather(x, ids, 2));
        Assert.Throws<GraphException>(() => Ops.GatherElements(x, graph.Input("wide", DType.Int64, 4, 2), 1));
        Assert.Throws<GraphException>(() => Ops.ScatterElements(x, ids, updates, 1));
        Assert.Throws<GraphException>(() => Ops.ScatterNd(x, ids, updates));
        Assert.Throws<GraphException>(() => Ops.ScatterNd(x, graph.Input("deep", DType.Int64, 3, 3), updates));
    }
}
