using MultiModal.Diffusion.Networks;
using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Random;
using MultiModal.Runtime.Training;

namespace MultiModal.Benchmarks.Training;

/// <summary>A text-to-image UNet of 9 M parameters on latents of 16x16, as one that is trained from scratch on a desk would be.</summary>
static class TinyUNet
{
    public const int Batch = 32, Side = 16, Tokens = 16, TextFeatures = 128;

    /// <summary>Its dimensions.</summary>
    public static UNetConfig Config { get; } = new()
    {
        SampleSize = Side,
        BlockOutChannels = [96, 128, 160],
        DownHasAttention = [false, true, true],
        UpHasAttention = [true, true, false],
        TransformerLayers = [1, 1, 1],
        Heads = [4, 4, 4],
        LayersPerBlock = 1,
        CrossAttentionSize = TextFeatures,
    };

    /// <summary>The mean squared error of the predicted noise, with fresh parameters.</summary>
    public static (Graph Graph, Tensor Loss, ParameterSet Parameters) Build()
    {
        var graph = new Graph();
        var sample = graph.Input("sample", DType.Float32, Batch, 4, Side, Side);
        var noise = graph.Input("noise", DType.Float32, Batch, 4, Side, Side);
        var timestep = graph.Input("timestep", DType.Float32, Batch);
        var text = graph.Input("text", DType.Float32, Batch, Tokens, TextFeatures);
        var error = new UNet2DCondition(graph.Root, Config).Forward(sample, timestep, text) - noise;
        var parameters = new ParameterSet();
        parameters.AddFresh(graph, new TorchRandom(1));
        return (graph, Ops.Mean(error * error), parameters);
    }

    /// <summary>One batch.</summary>
    public static Dictionary<string, TensorData> Inputs()
    {
        var random = new TorchRandom(2);
        var timesteps = TensorData.Of([.. Enumerable.Range(0, Batch).Select(i => i * 31f)], Batch);
        return new()
        {
            ["sample"] = random.Normal(Batch, 4, Side, Side),
            ["noise"] = random.Normal(Batch, 4, Side, Side),
            ["timestep"] = timesteps,
            ["text"] = random.Normal(Batch, Tokens, TextFeatures),
        };
    }
}
