using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;

namespace MultiModal.Voice.Pitch;

/// <summary>A layer of FCPE: linear attention, then the convolution module of a conformer (Gulati et al. 2020, section 2.2), each added.</summary>
sealed class FcpeLayer
{
    const float Epsilon = 1e-4f;

    readonly int heads, depth, features, inner;
    readonly LayerNorm norm, convolutionNorm;
    readonly Linear query, key, value, output;
    readonly Tensor projection;
    readonly Conv widen, deep, narrow;

    /// <summary>Declares its parameters.</summary>
    /// <param name="scope">Where they are.</param>
    /// <param name="config">The dimensions.</param>
    public FcpeLayer(Scope scope, FcpeConfig config)
    {
        (heads, depth, features, inner) = (config.Heads, config.HeadDepth, config.RandomFeatures, config.InnerChannels);
        norm = new(scope["norm"], config.Channels);
        var attention = scope["attn"];
        query = new(attention["to_q"], config.Channels, heads * depth);
        key = new(attention["to_k"], config.Channels, heads * depth);
        value = new(attention["to_v"], config.Channels, heads * depth);
        output = new(attention["to_out"], heads * depth, config.Channels);
        projection = attention.Parameter("fast_attention.projection_matrix", features, depth);
        var module = scope["conformer.net"];
        convolutionNorm = new(module[0], config.Channels);
        widen = Conv.OneD(module[2], config.Channels, 2 * inner, 1);
        deep = Conv.OneD(module["4.conv"], inner, inner, config.Kernel, padding: config.Kernel / 2, groups: inner);
        narrow = Conv.OneD(module[6], inner, config.Channels, 1);
    }

    /// <summary>[1, frames, channels] to the same.</summary>
    public Tensor Forward(Tensor x)
    {
        x += Attend(norm.Forward(x));
        return x + Convolve(convolutionNorm.Forward(x));
    }

    Tensor Attend(Tensor x)
    {
        var q = Kernel(Heads.Split(query.Forward(x), heads), isQuery: true);
        var k = Kernel(Heads.Split(key.Forward(x), heads), isQuery: false);
        var v = Heads.Split(value.Forward(x), heads);

        // softmax(q k^T) v, approximately, in time linear in the frames: k^T v first, and the sum of the weights apart.
        var total = Ops.MatMul(q, Ops.Transpose(Ops.Sum(k, [2], keep: true), 0, 1, 3, 2)) + 1e-8f;
        return output.Forward(Heads.Join(Ops.MatMul(q, Ops.MatMul(Ops.Transpose(k, 0, 1, 3, 2), v)) / total));
    }

    /// <summary>Positive random features of the softmax kernel (Choromanski et al. 2020, lemma 1): [1, heads, frames, features].</summary>
    Tensor Kernel(Tensor x, bool isQuery)
    {
        var scale = MathF.Pow(depth, -0.25f);
        var dash = Ops.MatMul(x * scale, Ops.Transpose(projection, 1, 0));
        var norms = Ops.Sum(x * x, [3], keep: true) * (0.5f * scale * scale);
        var ratio = 1f / MathF.Sqrt(features);
        // The original adds its epsilon inside of the exponential for keys, outside for queries.
        return isQuery
            ? (Ops.Exp(dash - norms - Ops.ReduceMax(dash, [3], keep: true)) + Epsilon) * ratio
            : Ops.Exp(dash - norms + Epsilon) * ratio;
    }

    Tensor Convolve(Tensor x)
    {
        var parts = Ops.Split(widen.Forward(Ops.SwapAxes(x, 1, 2)), 1, inner, inner);
        var h = Ops.Silu(deep.Forward(parts[0] * Ops.Sigmoid(parts[1])));
        return Ops.SwapAxes(narrow.Forward(h), 1, 2);
    }
}
