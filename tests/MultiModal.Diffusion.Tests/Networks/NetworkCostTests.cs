using MultiModal.Diffusion.Networks;
using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Passes;

namespace MultiModal.Diffusion.Tests.Networks;

public class NetworkCostTests
{
    /// <summary>For 512x512 pictures: height and width of the latent are 64.</summary>
    static readonly Dictionary<string, long> sizes = new() { ["batch"] = 1, ["h8"] = 8, ["w8"] = 8, ["h"] = 64, ["w"] = 64 };

    [Fact]
    public void The_UNet_of_Stable_Diffusion_1_costs_as_much_as_is_published()
    {
        // 0.339 tera multiply-adds are the number of tools that count layers with weights, for one 64x64 latent with 77 tokens. The products
        // within attention come on top: 16 layers from pictures to themselves and to the text.
        var cost = GraphCost.Of(UNet().Optimise([new AttentionFusion()]), sizes);
        var attention = cost.ByOperation["MultiHeadAttention"];
        Assert.InRange(2.0 * (cost.MultiplyAdds - attention), 0.678e12 * 0.99, 0.678e12 * 1.01);
        (long Tokens, long Features, int Layers)[] levels = [(4096, 320, 5), (1024, 640, 5), (256, 1280, 5), (64, 1280, 1)];
        Assert.Equal(levels.Sum(l => l.Layers * l.Tokens * (l.Tokens + 77) * 2 * l.Features), attention);
    }

    [Fact]
    public void Upsampling_by_phases_saves_five_ninths_of_its_convolutions()
    {
        var graph = UNet();
        var (before, after) = (GraphCost.Of(graph, sizes), GraphCost.Of(graph.Optimise(), sizes));

        // Three upsamplers: 1280 channels to 16x16 and 32x32, 640 to 64x64.
        var upsampling = ((1280L * 1280 * ((16 * 16) + (32 * 32))) + (640L * 640 * 64 * 64)) * 9;
        Assert.Equal(before.MultiplyAdds - (upsampling * 5 / 9), after.MultiplyAdds);
    }

    [Fact]
    public void The_decoder_of_Stable_Diffusion_costs_two_and_a_half_TFLOP()
    {
        var graph = new Graph();
        graph.Output("image", AutoencoderKL.Decode(graph.Root, new VaeConfig(), graph.Input("latent", DType.Float32, "batch", 4, "h", "w")));
        Assert.InRange(GraphCost.Of(graph, sizes).FloatingPointOperations, 2.4e12, 2.6e12);
    }

    static Graph UNet()
    {
        var graph = new Graph();
        Dim batch = "batch";
        var unet = new UNet2DCondition(graph.Root, new UNetConfig { CrossAttentionSize = 768 });
        graph.Output("noise", unet.Forward(
            graph.Input("sample", DType.Float32, batch, 4, 8 * Dim.Symbol("h8"), 8 * Dim.Symbol("w8")),
            graph.Input("timestep", DType.Float32, batch), graph.Input("context", DType.Float32, batch, 77, 768)));
        return graph;
    }
}
