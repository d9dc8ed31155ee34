using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Passes;
using MultiModal.Runtime.Layers;

namespace MultiModal.Runtime.Tests.Graphs.Passes;

public class NormalisationFusionTests
{
    static readonly Dictionary<string, long> sizes = new() { ["b"] = 2, ["t"] = 5, ["h"] = 3 };
    readonly Graph graph = new();

    [Fact]
    public void Layer_normalisation_becomes_one_node()
    {
        var x = graph.Input("x", DType.Float32, "b", "t", 16);
        graph.Output("y", new LayerNorm(graph.Root["norm"], 16).Forward(x));
        PassCheck.Of<LayerNormFusion>(graph, sizes).HasOnly("LayerNormalization");
    }

    [Fact]
    public void Layer_normalisation_over_channels_becomes_one_node_between_transposes()
    {
        var x = graph.Input("x", DType.Float32, "b", 16, "t");
        graph.Output("y", new LayerNorm(graph.Root["norm"], 16, weightName: "gamma", biasName: "beta").ForwardChannels(x));
        PassCheck.Of<LayerNormFusion>(graph, sizes).HasOnly("Transpose", "LayerNormalization", "Transpose");
    }

    [Fact]
    public void Layer_normalisation_without_an_offset_becomes_one_node()
    {
        var x = graph.Input("x", DType.Float32, "b", "t", 16);
        graph.Output("y", Ops.LayerNorm(x, graph.Parameter("scale", DType.Float32, 16), null));
        PassCheck.Of<LayerNormFusion>(graph, sizes).HasOnly("LayerNormalization");
    }

    [Fact]
    public void Layer_normalisation_whose_parts_are_read_elsewhere_stays()
    {
        var x = graph.Input("x", DType.Float32, "b", "t", 16);
        var (scale, bias) = (graph.Parameter("scale", DType.Float32, 16), graph.Parameter("bias", DType.Float32, 16));
        graph.Output("y", Ops.LayerNorm(x, scale, bias));
        graph.Output("mean", Ops.Mean(x, [-1], keep: true));
        graph.Output("z", Ops.LayerNorm(x * 2f, scale, null) * 3f);
        graph.Output("quotient", Ops.LayerNorm(x * 2f, null, null));
        PassCheck.Of<LayerNormFusion>(graph, sizes).HasNo("LayerNormalization");
    }

    [Fact]
    public void A_scale_that_is_read_before_the_offset_is_added_leaves_the_offset_outside()
    {
        var x = graph.Input("x", DType.Float32, "b", "t", 16);
        var scaled = Ops.LayerNorm(x, graph.Parameter("scale", DType.Float32, 16), null);
        graph.Output("scaled", scaled);
        graph.Output("y", scaled + graph.Parameter("bias", DType.Float32, 16));
        PassCheck.Of<LayerNormFusion>(graph, sizes).HasOnly("LayerNormalization", "Add");
    }

    [Fact]
    public void Other_shapes_of_scale_and_other_axes_stay()
    {
        var x = graph.Input("x", DType.Float32, "b", "t", 16);
        graph.Output("one scale", Ops.LayerNorm(x, graph.Parameter("one", DType.Float32, 1), graph.Parameter("bias", DType.Float32, 16)));
        graph.Output("wide scale", Ops.LayerNorm(x + 1f, graph.Parameter("wide", DType.Float32, "5".Length, 1, 16), null));
        var y = x * 2f;
        var centred = y - Ops.Mean(y, [1], keep: true);
        graph.Output("other axis", centred / Ops.Sqrt(Ops.Mean(centred * centred, [1], keep: true) + 1e-5f) * graph.Parameter("scale", DType.Float32, 16));
        PassCheck.Of<LayerNormFusion>(graph, sizes).HasNo("LayerNormalization");
    }

    [Fact]
    public void Layer_normalisation_of_many_rows_becomes_an_instance_normalisation_of_rows()
    {
        var x = graph.Input("x", DType.Float32, "b", 40, 16);
        graph.Output("y", new LayerNorm(graph.Root["norm"], 16).Forward(x));
        graph.Output("z", Ops.LayerNorm(x * 2f, graph.Parameter("scale", DType.Float32, 16), null));
        PassCheck.Of(graph, [new LayerNormFusion(), new RowNormalisation()], sizes).Has("InstanceNormalization", 2).HasNo("LayerNormalization");
    }

    [Fact]
    public void Layer_normalisation_of_few_rows_stays()
    {
        var x = graph.Input("x", DType.Float32, 2, 5, 16);
        graph.Output("y", new LayerNorm(graph.Root["norm"], 16).Forward(x));
        PassCheck.Of(graph, [new LayerNormFusion(), new RowNormalisation()], sizes).HasOnly("LayerNormalization");
    }

    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    public void Group_normalisation_becomes_one_instance_normalisation(int groups)
    {
        var x = graph.Input("x", DType.Float32, "b", 8, "h", "t");
        graph.Output("y", new GroupNorm(graph.Root["norm"], groups, 8).Forward(x));
        PassCheck.Of<GroupNormFusion>(graph, sizes).Has("InstanceNormalization").HasNo("Div", "Sub", "Sqrt");
    }

    [Fact]
    public void Instance_normalisation_becomes_one_node()
    {
        var x = graph.Input("x", DType.Float32, "b", 6, "h", "t");
        graph.Output("y", Ops.InstanceNorm(x, graph.Parameter("scale", DType.Float32, 6), graph.Parameter("bias", DType.Float32, 6), 1e-3f));
        PassCheck.Of<GroupNormFusion>(graph, sizes).Has("InstanceNormalization").HasNo("Div");
    }

    [Fact]
    public void Group_normalisation_whose_parts_are_read_elsewhere_stays()
    {
        var x = graph.Input("x", DType.Float32, "b", 8, "t");
        graph.Output("y", new GroupNorm(graph.Root["norm"], 2, 8).Forward(x));
        graph.Output("mean", Ops.Mean(Ops.Reshape(x, "b", 2, -1), [-1], keep: true));
        PassCheck.Of<GroupNormFusion>(graph, sizes).HasNo("InstanceNormalization");
    }

    [Fact]
    public void Normalising_over_an_unknown_number_of_groups_stays()
    {
        var x = graph.Input("x", DType.Float32, "b", "t", 8);
        graph.Output("y", Ops.LayerNorm(x, null, null));
        PassCheck.Of<GroupNormFusion>(graph, sizes).HasNo("InstanceNormalization");
    }
}
