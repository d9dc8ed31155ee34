using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;

namespace MultiModal.Voice.Diffusion;

/// <summary>A diffusion model as graphs: the condition is computed once, the denoiser at every step.</summary>
static class MelDiffusionGraphs
{
    static readonly Dim Frames = Dim.Symbol("frames");

    /// <summary>What the denoiser is told.</summary>
    /// <remarks>
    /// Inputs: content [1, content, frames], f0 in Hz [1, frames], volume [1, frames]; where there are several speakers their weights,
    /// speaker [1, 1 or frames, speakers]. Output: condition [1, hidden, frames].
    /// </remarks>
    public static Graph Condition(MelDiffusionShape shape, bool perFrameSpeaker)
    {
        var graph = new Graph();
        var content = graph.Input("content", DType.Float32, 1, shape.ContentChannels, Frames);
        var pitch = graph.Input("f0", DType.Float32, 1, Frames);
        var volume = graph.Input("volume", DType.Float32, 1, Frames);
        var x = new Linear(graph.Root["unit_embed"], shape.ContentChannels, shape.Hidden).Forward(Ops.SwapAxes(content, 1, 2))
            + new Linear(graph.Root["f0_embed"], 1, shape.Hidden).Forward(Ops.Unsqueeze(Ops.Log(1f + pitch / 700f), 2))
            + new Linear(graph.Root["volume_embed"], 1, shape.Hidden).Forward(Ops.Unsqueeze(volume, 2));
        if (shape.SpeakerCount > 1)
        {
            var speaker = graph.Input("speaker", DType.Float32, 1, perFrameSpeaker ? Frames : 1, shape.SpeakerCount);
            x += Ops.MatMul(speaker, graph.Root.Parameter("spk_embed.weight", shape.SpeakerCount, shape.Hidden));
        }

        graph.Output("condition", Ops.SwapAxes(x, 1, 2));
        return graph;
    }

    /// <summary>One question to the denoiser. Inputs: x [1, mels, frames], time [1], condition [1, hidden, frames]. Output: noise [1, mels, frames].</summary>
    public static Graph Denoiser(MelDiffusionShape shape)
    {
        var graph = new Graph();
        var x = graph.Input("x", DType.Float32, 1, shape.Mels, Frames);
        var time = graph.Input("time", DType.Float32, 1);
        var condition = graph.Input("condition", DType.Float32, 1, shape.Hidden, Frames);
        graph.Output("noise", new MelDenoiser(graph.Root["decoder"]["denoise_fn"], shape).Forward(x, time, condition));
        return graph;
    }
}
