using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;

namespace MultiModal.Voice.Synthesis;

/// <summary>
/// The synthesizer as graphs. Three of them, because the harmonic source is made outside of the network from the final pitch, and because
/// a stream runs the decoder on fewer frames than the rest.
/// </summary>
static class SynthesizerGraphs
{
    static readonly Dim Frames = Dim.Symbol("frames"), Batch = Dim.Symbol("batch");

    /// <summary>Content, voicing and pitch to the latent the decoder takes.</summary>
    /// <remarks>
    /// Inputs: content [1, content, frames], coarse int64 [1, frames], voiced int64 [1, frames], noise [1, inter, frames] (normal, times the
    /// noise scale), speaker [1, features, 1 or frames], with a volume embedding volume [1, frames]. Output: latent [1, inter, frames].
    /// </remarks>
    /// <param name="config">The dimensions.</param>
    /// <param name="perFrameSpeaker">Whether there is a speaker embedding for each frame.</param>
    /// <param name="withVolume">Whether the volume is fed; only with a volume embedding.</param>
    /// <param name="batched">
    /// Whether there are several sequences, shorter ones followed by zeros: every first axis is then the batch, and mask [batch, 1, frames] says which frames are real.
    /// </param>
    public static Graph Prior(SynthesizerConfig config, bool perFrameSpeaker, bool withVolume, bool batched = false)
    {
        var graph = new Graph();
        var (batch, mask) = Sequences(graph, batched);
        var (x, _) = Content(graph, config, withVolume, batch, mask);
        var coarse = graph.Input("coarse", DType.Int64, batch, Frames);
        var noise = graph.Input("noise", DType.Float32, batch, config.InterChannels, Frames);
        var speaker = Speaker(graph, config, perFrameSpeaker, batch);
        var (mean, logDeviation) = new TextEncoder(graph.Root["enc_p"], config).Forward(x, coarse, mask);
        var drawn = FrameMask.Apply(mean + noise * Ops.Exp(logDeviation), mask);
        var latent = new CouplingBlock(graph.Root["flow"], config).Reverse(drawn, mask, speaker);
        graph.Output("latent", latent);
        return graph;
    }

    /// <summary>Content, voicing and the source's pitch to the predicted pitch.</summary>
    /// <remarks>Inputs: content, voiced, speaker, volume as for <see cref="Prior"/>, and f0 in Hz [1, frames]. Output: pitch in Hz [1, frames].</remarks>
    /// <inheritdoc cref="Prior"/>
    public static Graph Pitch(SynthesizerConfig config, bool perFrameSpeaker, bool withVolume, bool batched = false)
    {
        var graph = new Graph();
        var (batch, mask) = Sequences(graph, batched);
        var (x, voiced) = Content(graph, config, withVolume, batch, mask);
        var scaled = PitchDecoder.ToScale(Ops.Unsqueeze(graph.Input("f0", DType.Float32, batch, Frames), 1));
        var normal = PitchDecoder.Normalise(scaled, Ops.Cast(voiced, DType.Float32), mask);
        var predicted = new PitchDecoder(graph.Root["f0_decoder"], config).Forward(x, normal, mask, Speaker(graph, config, perFrameSpeaker, batch), apart: true);
        graph.Output("pitch", Ops.Squeeze(PitchDecoder.ToHertz(predicted), 1));
        return graph;
    }

    /// <summary>The latent and the harmonic source to sound.</summary>
    /// <remarks>Inputs: latent [1, inter, frames], source [1, 1, hop * frames], speaker. Output: audio [1, 1, hop * frames].</remarks>
    /// <param name="config">The dimensions.</param>
    /// <param name="perFrameSpeaker">Whether there is a speaker embedding for each frame.</param>
    /// <param name="batched">
    /// Whether there are several sequences, every first axis being the batch. What follows a shorter one reaches as far back into it as the convolutions see.
    /// </param>
    /// <param name="plan">How the generator is laid out; null for as the paper has it.</param>
    public static Graph Decoder(SynthesizerConfig config, bool perFrameSpeaker, bool batched = false, GeneratorPlan? plan = null)
    {
        var graph = new Graph();
        var batch = batched ? Batch : 1;
        var latent = graph.Input("latent", DType.Float32, batch, config.InterChannels, Frames);
        var source = graph.Input("source", DType.Float32, batch, 1, Frames * config.Decoder.Hop);
        graph.Output("audio", new Generator(graph.Root["dec"], config.Decoder).Forward(latent, source, Speaker(graph, config, perFrameSpeaker, batch), plan));
        return graph;
    }

    /// <summary>The flow alone. Inputs: latent [1, inter, frames], speaker [1, features, 1]. Outputs: forward, reverse.</summary>
    public static Graph Flow(SynthesizerConfig config)
    {
        var graph = new Graph();
        var latent = graph.Input("latent", DType.Float32, 1, config.InterChannels, Frames);
        var speaker = Speaker(graph, config, false, 1);
        var flow = new CouplingBlock(graph.Root["flow"], config);
        graph.Output("forward", flow.Forward(latent, null, speaker));
        graph.Output("reverse", flow.Reverse(latent, null, speaker));
        return graph;
    }

    /// <summary>The posterior alone. Inputs: spectrum [1, bins, frames], noise [1, inter, frames], speaker [1, features, 1]. Outputs: latent, mean, log_deviation.</summary>
    public static Graph Posterior(SynthesizerConfig config)
    {
        var graph = new Graph();
        var spectrum = graph.Input("spectrum", DType.Float32, 1, config.SpectrumChannels, Frames);
        var noise = graph.Input("noise", DType.Float32, 1, config.InterChannels, Frames);
        var (mean, logDeviation) = new PosteriorEncoder(graph.Root["enc_q"], config).Forward(spectrum, null, Speaker(graph, config, false, 1));
        graph.Output("latent", mean + noise * Ops.Exp(logDeviation));
        graph.Output("mean", mean);
        graph.Output("log_deviation", logDeviation);
        return graph;
    }

    static (Dim Batch, Tensor? Mask) Sequences(Graph graph, bool batched) => batched ? (Batch, graph.Input("mask", DType.Float32, Batch, 1, Frames)) : (1, null);

    static (Tensor X, Tensor Voiced) Content(Graph graph, SynthesizerConfig config, bool withVolume, Dim batch, Tensor? mask)
    {
        var content = graph.Input("content", DType.Float32, batch, config.ContentChannels, Frames);
        var voiced = graph.Input("voiced", DType.Int64, batch, Frames);
        var volume = withVolume ? graph.Input("volume", DType.Float32, batch, Frames) : null;
        return (new ContentPrenet(graph.Root, config).Forward(content, voiced, volume, mask), voiced);
    }

    static Tensor Speaker(Graph graph, SynthesizerConfig config, bool perFrame, Dim batch) =>
        graph.Input("speaker", DType.Float32, batch, config.SpeakerChannels, perFrame ? Frames : 1);
}
