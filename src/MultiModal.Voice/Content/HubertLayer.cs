using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;

namespace MultiModal.Voice.Content;

/// <summary>A transformer layer of HuBERT, or of WavLM where positions have a gated bias.</summary>
sealed class HubertLayer(Scope scope, HubertConfig config)
{
    readonly Linear query = new(scope["attention.q_proj"], config.Hidden, config.Hidden);
    readonly Linear key = new(scope["attention.k_proj"], config.Hidden, config.Hidden);
    readonly Linear value = new(scope["attention.v_proj"], config.Hidden, config.Hidden);
    readonly Linear output = new(scope["attention.out_proj"], config.Hidden, config.Hidden);
    readonly LayerNorm attentionNorm = new(scope["layer_norm"], config.Hidden, config.Epsilon);
    readonly Linear widen = new(scope["feed_forward.intermediate_dense"], config.Hidden, config.Intermediate);
    readonly Linear narrow = new(scope["feed_forward.output_dense"], config.Intermediate, config.Hidden);
    readonly LayerNorm finalNorm = new(scope["final_layer_norm"], config.Hidden, config.Epsilon);
    readonly Linear? gate = config.Buckets > 0 ? new(scope["attention.gru_rel_pos_linear"], config.Hidden / config.Heads, 8) : null;
    readonly Tensor? gateScale = config.Buckets > 0 ? scope.Parameter("attention.gru_rel_pos_const", 1, config.Heads, 1, 1) : null;

    /// <summary>[batch, frames, hidden] and WavLM's bias, [1, heads, frames, frames], to [batch, frames, hidden].</summary>
    public Tensor Forward(Tensor x, Tensor? bias)
    {
        if (config.NormFirst)
        {
            x += Attend(attentionNorm.Forward(x), bias);
            return x + Feed(finalNorm.Forward(x));
        }

        x = attentionNorm.Forward(x + Attend(x, bias));
        return finalNorm.Forward(x + Feed(x));
    }

    Tensor Feed(Tensor x) => narrow.Forward(Ops.Gelu(widen.Forward(x)));

    Tensor Attend(Tensor x, Tensor? bias)
    {
        var mixed = Ops.Attention(
            Heads.Split(query.Forward(x), config.Heads), Heads.Split(key.Forward(x), config.Heads), Heads.Split(value.Forward(x), config.Heads),
            bias is null ? null : bias * Gate(x));
        return output.Forward(Heads.Join(mixed));
    }

    /// <summary>How much each frame heeds positions, [batch, heads, frames, 1] (Chen et al. 2021, "WavLM", equations 4 to 8).</summary>
    Tensor Gate(Tensor x)
    {
        var split = Heads.Split(x, config.Heads);
        var gates = Ops.Reshape(gate!.Forward(split), split.Shape[0], config.Heads, split.Shape[2], 2, 4);
        var parts = Ops.Chunk(Ops.Sigmoid(Ops.Sum(gates, [4])), 2, 3);
        return parts[0] * (parts[1] * gateScale! - 1f) + 2f;
    }
}
