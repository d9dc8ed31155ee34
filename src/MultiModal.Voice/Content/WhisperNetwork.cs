using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;
using MultiModal.Runtime.Weights;
using MultiModal.Voice.Synthesis;

namespace MultiModal.Voice.Content;

/// <summary>The encoder of Whisper (Radford et al. 2022), named as in OpenAI's checkpoints.</summary>
static class WhisperNetwork
{
    /// <summary>Input: mel [1, bins, 2 * frames]. Output: units [1, channels, frames].</summary>
    /// <param name="weights">Where the shapes are read.</param>
    /// <returns>The graph, the bins of the mel spectrogram, and the length of a unit.</returns>
    public static (Graph Graph, int Bins, int Channels) Build(IWeightSource weights)
    {
        var names = new WeightShapes(weights);
        if (!names.Has("encoder.conv1.weight")) throw names.Error("this is no Whisper model: it has no 'encoder.conv1'.", "Expected is medium.pt or large-v2.pt.");
        var first = names.Shape("encoder.conv1.weight", 3);
        var (channels, bins) = (first[0], first[1]);
        var positions = names.Shape("encoder.positional_embedding", 2)[0];
        var graph = new Graph();
        var root = graph.Root["encoder"];
        // The position table is fixed, and so is the length: 30 seconds.
        var mel = graph.Input("mel", DType.Float32, 1, bins, 2 * positions);
        var x = Ops.Gelu(Conv.OneD(root["conv1"], bins, channels, 3, padding: 1).Forward(mel));
        x = Ops.Gelu(Conv.OneD(root["conv2"], channels, channels, 3, stride: 2, padding: 1).Forward(x));
        x = Ops.SwapAxes(x, 1, 2) + root.Parameter("positional_embedding", positions, channels);
        for (var i = 0; i < names.Count("encoder.blocks"); i++) x = Block(root["blocks"][i], x, channels);
        graph.Output("units", Ops.SwapAxes(new LayerNorm(root["ln_post"], channels).Forward(x), 1, 2));
        return (graph, bins, channels);
    }

    static Tensor Block(Scope scope, Tensor x, int channels)
    {
        // Every Whisper has heads of 64.
        var heads = Math.Max(1, channels / 64);
        var attention = scope["attn"];
        var h = new LayerNorm(scope["attn_ln"], channels).Forward(x);
        var mixed = Ops.Attention(
            Heads.Split(new Linear(attention["query"], channels, channels).Forward(h), heads),
            Heads.Split(new Linear(attention["key"], channels, channels, bias: false).Forward(h), heads),
            Heads.Split(new Linear(attention["value"], channels, channels).Forward(h), heads));
        x += new Linear(attention["out"], channels, channels).Forward(Heads.Join(mixed));
        h = new Linear(scope["mlp.0"], channels, 4 * channels).Forward(new LayerNorm(scope["mlp_ln"], channels).Forward(x));
        return x + new Linear(scope["mlp.2"], 4 * channels, channels).Forward(Ops.Gelu(h));
    }
}
