using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;

namespace MultiModal.Diffusion.Text;

/// <summary>The text encoder of CLIP (Radford et al. 2021): a causal transformer with pre-normalisation.</summary>
public sealed class ClipTextModel
{
    readonly ClipTextConfig config;
    readonly Embedding tokens, positions;
    readonly ClipTextLayer[] layers;
    readonly LayerNorm finalNorm;
    readonly Linear? projection;

    /// <summary>Declares its parameters, named as in transformers' CLIPTextModel.</summary>
    /// <param name="scope">Where they are: the root of text_encoder/.</param>
    /// <param name="config">Its dimensions.</param>
    public ClipTextModel(Scope scope, ClipTextConfig config)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(config);
        this.config = config;
        var text = scope["text_model"];
        tokens = new(text["embeddings.token_embedding"], config.VocabularySize, config.HiddenSize);
        positions = new(text["embeddings.position_embedding"], config.MaximumTokens, config.HiddenSize);
        layers = [.. Enumerable.Range(0, config.Layers).Select(i => new ClipTextLayer(text["encoder.layers"][i], config))];
        finalNorm = new(text["final_layer_norm"], config.HiddenSize, config.LayerNormEpsilon);
        projection = config.ProjectionSize is { } size ? new(scope["text_projection"], config.HiddenSize, size, bias: false) : null;
    }

    /// <summary>What the encoder gives.</summary>
    /// <param name="HiddenStates">The embeddings and what each layer makes of them, not normalised: layers + 1 times [batch, tokens, features].</param>
    /// <param name="LastHiddenState">The last of them after the final layer normalisation.</param>
    /// <param name="Pooled">The normalised last state at the end token, projected where there is a projection: [batch, features].</param>
    public sealed record Output(IReadOnlyList<Tensor> HiddenStates, Tensor LastHiddenState, Tensor Pooled);

    /// <summary>Applies it.</summary>
    /// <param name="inputIds">Token ids as Int64: [batch, tokens].</param>
    /// <param name="vectors">What stands in the place of some tokens' embeddings (textual inversion): [batch, tokens, features]. Null for none.</param>
    /// <param name="isVector">Which tokens those are, as truth values: [batch, tokens].</param>
    public Output Forward(Tensor inputIds, Tensor? vectors = null, Tensor? isVector = null)
    {
        ArgumentNullException.ThrowIfNull(inputIds);
        var count = (int)inputIds.Shape[1].Value;
        var words = tokens.Forward(inputIds);
        if (vectors is not null && isVector is not null) words = Ops.Where(Ops.Unsqueeze(isVector, 2), vectors, words);
        var x = words + Ops.Slice(positions.Weight, 0, 0, count);
        var mask = inputIds.Graph.Constant(CausalMask(count));
        var states = new List<Tensor> { x };
        foreach (var layer in layers) states.Add(x = layer.Forward(x, mask));
        var last = finalNorm.Forward(x);
        var pooled = AtEnd(last, inputIds);
        return new(states, last, projection is null ? pooled : projection.Forward(pooled));
    }

    /// <summary>The final layer normalisation, for a state of an earlier layer ("clip skip").</summary>
    /// <param name="state">[batch, tokens, features]</param>
    public Tensor Normalise(Tensor state) => finalNorm.Forward(state);

    /// <summary>Nothing on and below the diagonal, the most negative number above it: a token sees itself and those before.</summary>
    static TensorData CausalMask(int count)
    {
        var mask = new float[count * count];
        for (var row = 0; row < count; row++) mask.AsSpan((row * count) + row + 1, count - row - 1).Fill(float.MinValue);
        return TensorData.Of(mask, 1, 1, count, count);
    }

    Tensor AtEnd(Tensor states, Tensor ids)
    {
        // Files from before transformers 4.31 say 2 and mean the largest id, which the end token then was.
        var end = config.EndToken == 2 ? Ops.ArgMax(ids, 1)
            : Ops.ArgMax(Ops.Cast(Ops.Equal(ids, ids.Graph.Constant(TensorData.Scalar((long)config.EndToken))), DType.Int32), 1);
        var chosen = Ops.Equal(Ops.Range(ids.Graph, ids.Shape[1]), Ops.Unsqueeze(end, 1));
        return Ops.Squeeze(Ops.MatMul(Ops.Unsqueeze(Ops.Cast(chosen, DType.Float32), 1), states), 1);
    }
}
