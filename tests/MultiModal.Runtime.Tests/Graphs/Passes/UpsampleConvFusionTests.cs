using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Passes;
using MultiModal.Runtime.Layers;

namespace MultiModal.Runtime.Tests.Graphs.Passes;

public class UpsampleConvFusionTests
{
    static readonly Dictionary<string, long> sizes = new() { ["b"] = 2, ["h"] = 3, ["w"] = 5 };
    readonly Graph graph = new();
    readonly Tensor x;

    public UpsampleConvFusionTests() => x = graph.Input("x", DType.Float32, "b", 6, "h", "w");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Doubling_and_convolution_become_four_small_convolutions(bool bias)
    {
        graph.Output("y", Conv.TwoD(graph.Root["conv"], 6, 8, 3, padding: 1, bias: bias).Forward(Double(x)));
        var check = PassCheck.Of<UpsampleConvFusion>(graph, sizes).Has("Conv", 4).HasNo("Resize");
        Assert.Equal(4, GraphCost.Of(graph, sizes).MultiplyAdds / (double)GraphCost.Of(check.After, sizes).MultiplyAdds * 16 / 9, 6);
        foreach (var (h, w) in ((long, long)[])[(1, 1), (1, 8), (8, 2), (16, 16)])
            check.SameResults(new Dictionary<string, long> { ["b"] = 1, ["h"] = h, ["w"] = w });
        check.SameResults(sizes, optimise: true);
    }

    [Fact]
    public void Results_stay_close_with_many_channels()
    {
        var wide = graph.Input("wide", DType.Float32, 1, 128, 8, 8);
        // Scaled by 1 / sqrt(9 * 128), as initialised weights are, so that results are of the order of 1.
        graph.Output("y", Conv.TwoD(graph.Root["conv"], 128, 64, 3, padding: 1).Forward(Double(wide * 0.0295f)));
        PassCheck.Of<UpsampleConvFusion>(graph, sizes).Has("Conv", 4).SameResults(sizes, optimise: true);
    }

    [Fact]
    public void Lengths_that_are_known_only_to_be_doubled_are_enough()
    {
        var skip = graph.Input("skip", DType.Float32, "b", 8, 2 * Dim.Symbol("h"), 2 * Dim.Symbol("w"));
        graph.Output("y", Conv.TwoD(graph.Root["conv"], 6, 8, 3, padding: 1).Forward(Ops.Resize(x, [skip.Shape[2], skip.Shape[3]])) + skip);
        PassCheck.Of<UpsampleConvFusion>(graph, sizes).Has("Conv", 4).HasNo("Resize");
    }

    [Fact]
    public void A_doubled_picture_that_something_else_reads_stays()
    {
        var doubled = Double(x);
        graph.Output("y", Conv.TwoD(graph.Root["conv"], 6, 8, 3, padding: 1).Forward(doubled));
        graph.Output("doubled", doubled);
        PassCheck.Of<UpsampleConvFusion>(graph, sizes).HasOnly("Resize", "Conv");
    }

    [Fact]
    public void Other_scales_kernels_and_modes_stay()
    {
        Tensor Plain(string name, Tensor from) => Conv.TwoD(graph.Root[name], 6, 8, 3, padding: 1).Forward(from);
        graph.Output("three times", Plain("a", Ops.Resize(x, [x.Shape[2] * 3, x.Shape[3] * 3])));
        graph.Output("one axis", Plain("b", Ops.Resize(x, [x.Shape[2] * 2, x.Shape[3]])));
        graph.Output("linear", Plain("c", Ops.Resize(x, [x.Shape[2] * 2, x.Shape[3] * 2], linear: true)));
        graph.Output("nearly", Plain("d", Ops.Resize(x, [(x.Shape[2] * 2) - 1, x.Shape[3] * 2])));
        var doubled = Double(x + 1f);
        graph.Output("5x5", Conv.TwoD(graph.Root["e"], 6, 8, 5, padding: 2).Forward(doubled));
        graph.Output("no padding", Conv.TwoD(graph.Root["f"], 6, 8, 3).Forward(Double(x + 2f)));
        graph.Output("stride", Conv.TwoD(graph.Root["g"], 6, 8, 3, stride: 2, padding: 1).Forward(Double(x + 3f)));
        graph.Output("groups", Conv.TwoD(graph.Root["h"], 6, 8, 3, padding: 1, groups: 2).Forward(Double(x + 4f)));
        graph.Output("dilation", Conv.TwoD(graph.Root["i"], 6, 8, 3, padding: 1, dilation: 2).Forward(Double(x + 5f)));
        graph.Output("fed weight", Ops.Conv(Double(x + 6f), graph.Input("weight", DType.Float32, 8, 6, 3, 3), padding: [1]));
        PassCheck.Of<UpsampleConvFusion>(graph, sizes).Has("Conv", 10).Has("Resize", 10);
    }

    static Tensor Double(Tensor x) => Ops.Resize(x, [x.Shape[2] * 2, x.Shape[3] * 2]);
}
