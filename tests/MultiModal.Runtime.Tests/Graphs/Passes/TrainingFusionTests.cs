using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Passes;
using MultiModal.Runtime.Layers;

namespace MultiModal.Runtime.Tests.Graphs.Passes;

public class TrainingFusionTests
{
    static readonly Dictionary<string, long> sizes = new() { ["b"] = 2, ["t"] = 5 };
    readonly Graph graph = new();

    [Fact]
    public void A_normalisation_whose_root_is_read_too_becomes_one_node()
    {
        var x = graph.Input("x", DType.Float32, "b", 3, 4, 5);
        var centred = x - Ops.Mean(x, [2, 3], keep: true);
        var root = Ops.Sqrt(Ops.Mean(centred * centred, [2, 3], keep: true) + 1e-3f);
        graph.Output("y", centred / root);
        graph.Output("factor", Ops.Reciprocal(root));
        PassCheck.Of<NormalisationWithRoot>(graph, sizes).Has("BatchNormalization").HasNo("Div", "Sub", "ReduceMean");
    }

    [Fact]
    public void Normalisations_with_as_many_rows_do_not_disturb_each_other()
    {
        var (x, roots) = (graph.Input("x", DType.Float32, 2, 3, 40), new List<Tensor>());
        for (var i = 0; i < 4; i++)
        {
            var centred = x - Ops.Mean(x, [2], keep: true);
            var root = Ops.Sqrt(Ops.Mean(centred * centred, [2], keep: true) + (i < 2 ? 1e-3f : 1e-5f));
            x = (centred / root * (i + 2f)) + Ops.Sin(x);
            roots.Add(root);
        }

        graph.Output("y", x);
        graph.Output("roots", Ops.Concat(0, [.. roots.Select(r => Ops.Reciprocal(r))]));
        PassCheck.Of<NormalisationWithRoot>(graph).Has("BatchNormalization", 4).SameResults(sizes, optimise: true);
    }

    [Fact]
    public void A_normalisation_whose_root_nothing_else_reads_is_left_to_other_passes()
    {
        graph.Output("y", Ops.LayerNorm(graph.Input("x", DType.Float32, "b", "t", 8), null, null));
        PassCheck.Of<NormalisationWithRoot>(graph, sizes).HasNo("BatchNormalization");
    }

    [Fact]
    public void A_normalisation_over_axes_that_are_not_the_last_stays()
    {
        var x = graph.Input("x", DType.Float32, "b", 3, 5);
        var centred = x - Ops.Mean(x, [1], keep: true);
        var root = Ops.Sqrt(Ops.Mean(centred * centred, [1], keep: true) + 1e-3f);
        graph.Output("y", centred / root);
        graph.Output("root", root);
        PassCheck.Of<NormalisationWithRoot>(graph, sizes).HasNo("BatchNormalization");
    }

    [Fact]
    public void Scale_and_offset_of_channels_become_one_node()
    {
        var x = graph.Input("x", DType.Float32, "b", 6, 4, 5);
        graph.Output("y", new GroupNorm(graph.Root["norm"], 2, 6).Forward(x));
        PassCheck.Of<RowAffineFusion>(graph, sizes).Has("BatchNormalization").Has("Mul", 1);
    }

    [Fact]
    public void Scale_and_offset_of_rows_become_one_node()
    {
        var x = graph.Input("x", DType.Float32, 2, 3, 20);
        graph.Output("y", graph.Input("offset", DType.Float32, 2, 3, 1) + (graph.Input("scale", DType.Float32, 2, 3, 1) * x));
        PassCheck.Of<RowAffineFusion>(graph, sizes).Has("BatchNormalization").HasNo("Mul", "Add");
    }

    [Fact]
    public void Short_rows_other_shapes_and_products_read_elsewhere_stay()
    {
        var x = graph.Input("x", DType.Float32, "b", 3, 20);
        var scale = graph.Input("scale", DType.Float32, 3, 1);
        graph.Output("features", (x * graph.Input("wide", DType.Float32, 20)) + graph.Input("added", DType.Float32, 20));
        graph.Output("mixed", (x * scale) + graph.Input("row", DType.Float32, "b", 3, 1));
        var product = x * scale * scale;
        graph.Output("product", product);
        graph.Output("sum", product + scale);
        var narrow = graph.Input("narrow", DType.Float32, "b", 3, 4);
        graph.Output("short", (narrow * scale) + scale);
        PassCheck.Of<RowAffineFusion>(graph, sizes).HasNo("BatchNormalization");
    }
}
