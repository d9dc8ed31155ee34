using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Text;
using MultiModal.Diffusion.Training.Objectives;
using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Onnx;
using MultiModal.Runtime.Graphs.Passes;
using MultiModal.Runtime.Sessions;

namespace MultiModal.Diffusion.Training.Texts;

/// <summary>The states of frozen text encoders, made once for every caption there is, so that the encoders need not be in memory while training.</summary>
sealed class StateInput : ITextInput
{
    readonly Dictionary<string, (float[] Context, float[]? Pooled)> states;

    StateInput(Dictionary<string, (float[] Context, float[]? Pooled)> states) => this.states = states;

    /// <summary>Encodes captions as inference does: SD's last state, normalised; SDXL's last but one of both encoders.</summary>
    public static async Task<StateInput> EncodeAsync(
        ModelFiles model, IEnumerable<string> captions, RuntimeOptions? runtime, CancellationToken cancellationToken)
    {
        string[] all = [.. captions.Distinct(StringComparer.Ordinal)];
        var isPair = model.TextEncoders.Count > 1;
        var parts = new List<(int Features, float[][] States)>();
        foreach (var encoder in model.TextEncoders)
        {
            var states = await RunAsync(model, encoder, all, o => isPair ? o.HiddenStates[^2] : o.LastHiddenState, runtime, cancellationToken).ConfigureAwait(false);
            parts.Add((encoder.Config.HiddenSize, states));
        }

        var pooled = isPair ? await RunAsync(model, model.TextEncoders[^1], all, o => o.Pooled, runtime, cancellationToken).ConfigureAwait(false) : null;
        var tokens = model.TextEncoders[0].Tokenizer.MaximumLength;
        var joined = new Dictionary<string, (float[], float[]?)>(StringComparer.Ordinal);
        for (var n = 0; n < all.Length; n++) joined[all[n]] = (Join(parts, n, tokens), pooled?[n]);
        return new(joined);
    }

    public void Fill(IReadOnlyDictionary<string, TensorData> inputs, int row, string caption)
    {
        var (context, pooled) = states[caption];
        context.CopyTo(inputs[DenoisingGraph.Context].Floats[(row * context.Length)..]);
        pooled?.CopyTo(inputs[DenoisingGraph.Pooled].Floats[(row * pooled.Length)..]);
    }

    /// <summary>One output of an encoder for every caption; nothing beyond it is computed.</summary>
    static async Task<float[][]> RunAsync(
        ModelFiles model, TextEncoderFiles encoder, string[] captions, Func<ClipTextModel.Output, Tensor> choose, RuntimeOptions? runtime, CancellationToken cancellationToken)
    {
        var graph = new Graph();
        graph.Output("states", choose(new ClipTextModel(graph.Root, encoder.Config).Forward(graph.Input("input_ids", DType.Int64, 1, encoder.Config.MaximumTokens))));
        using var weights = model.OpenWeights(encoder.Component);
        var session = await NetworkSession.CreateAsync(
            OnnxWriter.Write(graph.Optimise(), weights), runtime, encoder.Component, cancellationToken: cancellationToken).ConfigureAwait(false);
        await using var owned = session.ConfigureAwait(false);
        var states = new float[captions.Length][];
        for (var n = 0; n < captions.Length; n++)
        {
            var ids = TensorData.Of(Array.ConvertAll(encoder.Tokenizer.Encode(captions[n]), id => (long)id), 1, encoder.Tokenizer.MaximumLength);
            var results = await session.RunAsync(new Dictionary<string, TensorData> { ["input_ids"] = ids }, cancellationToken: cancellationToken).ConfigureAwait(false);
            states[n] = results["states"].Floats.ToArray();
        }

        return states;
    }

    /// <summary>The encoders' states side by side, token by token.</summary>
    static float[] Join(List<(int Features, float[][] States)> parts, int caption, int tokens)
    {
        if (parts.Count == 1) return parts[0].States[caption];
        var width = parts.Sum(p => p.Features);
        var joined = new float[tokens * width];
        var at = 0;
        foreach (var (features, states) in parts)
        {
            for (var t = 0; t < tokens; t++) states[caption].AsSpan(t * features, features).CopyTo(joined.AsSpan((t * width) + at));
            at += features;
        }

        return joined;
    }
}
