using MultiModal.Diffusion.Networks;
using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Training;

namespace MultiModal.Diffusion.Training.Objectives;

/// <summary>
/// The loss of an autoencoder: how far the decoded picture is from the one that was encoded, how far its edges are, and how far the latents'
/// distribution is from the normal one (Kingma and Welling 2014).
/// </summary>
static class VaeObjective
{
    public const string Loss = "loss", Pixels = "pixels", Divergence = "divergence", Image = "image", Noise = "noise";

    /// <summary>Builds the graph of a training step: image [batch, 3, height, width], -1 to 1, and noise of the latents' shape.</summary>
    /// <returns>The graph, and the loss of it that is trained.</returns>
    public static (Graph Graph, Tensor Loss) Build(VaeConfig config, VaeTrainingOptions options, int height, int width)
    {
        var graph = new Graph();
        var image = graph.Input(Image, DType.Float32, options.BatchSize, config.InChannels, height, width);
        var (mean, logVariance) = AutoencoderKL.Encode(graph.Root, config, image);
        var noise = graph.Input(Noise, DType.Float32, [.. mean.Shape]);
        var decoded = AutoencoderKL.Decode(graph.Root, config, mean + (Ops.Exp(logVariance * 0.5f) * noise));
        var error = decoded - image;
        var pixels = Ops.Mean(Ops.Abs(error));
        var divergence = Ops.Mean((mean * mean) + Ops.Exp(logVariance) - logVariance - 1f) * 0.5f;
        graph.Output(Pixels, pixels);
        graph.Output(Divergence, divergence);
        var edges = Ops.Mean(Ops.Abs(Step(error, 2, height))) + Ops.Mean(Ops.Abs(Step(error, 3, width)));
        return (graph, pixels + (edges * options.EdgeWeight) + (divergence * options.DivergenceWeight));
    }

    /// <summary>The difference of neighbours along an axis.</summary>
    static Tensor Step(Tensor x, int axis, int length) => Ops.Slice(x, axis, 1, length) - Ops.Slice(x, axis, 0, length - 1);
}
