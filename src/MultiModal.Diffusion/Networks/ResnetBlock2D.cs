using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;

namespace MultiModal.Diffusion.Networks;

/// <summary>Two convolutions with group normalisation before each, the time embedding added between them, and a way around.</summary>
sealed class ResnetBlock2D(Scope scope, int inputs, int outputs, int? timeFeatures, int groups, float epsilon)
{
    readonly GroupNorm norm1 = new(scope["norm1"], groups, inputs, epsilon);
    readonly Conv conv1 = Conv.TwoD(scope["conv1"], inputs, outputs, 3, padding: 1);
    readonly Linear? time = timeFeatures is { } features ? new(scope["time_emb_proj"], features, outputs) : null;
    readonly GroupNorm norm2 = new(scope["norm2"], groups, outputs, epsilon);
    readonly Conv conv2 = Conv.TwoD(scope["conv2"], outputs, outputs, 3, padding: 1);
    readonly Conv? shortcut = inputs == outputs ? null : Conv.TwoD(scope["conv_shortcut"], inputs, outputs, 1);

    /// <summary>[batch, in, h, w] and the activated time embedding [batch, features] to [batch, out, h, w].</summary>
    public Tensor Forward(Tensor x, Tensor? activatedTime = null)
    {
        var h = conv1.Forward(Ops.Silu(norm1.Forward(x)));
        if (time is not null) h += Ops.Unsqueeze(time.Forward(activatedTime!), 2, 3);
        h = conv2.Forward(Ops.Silu(norm2.Forward(h)));
        return (shortcut is null ? x : shortcut.Forward(x)) + h;
    }
}
