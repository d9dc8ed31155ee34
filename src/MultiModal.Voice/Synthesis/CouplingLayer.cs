using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;

namespace MultiModal.Voice.Synthesis;

/// <summary>
/// An additive coupling (Dinh et al. 2014, "NICE", equation 1): one half of the channels moves by a function of the other half, so that it is
/// undone by moving back.
/// </summary>
/// <param name="scope">Where "pre" and "post" are.</param>
/// <param name="channels">Channels in and out.</param>
/// <param name="hidden">Channels of the network inside.</param>
/// <param name="network">The network inside: [batch, hidden, frames], the mask and the speaker to [batch, hidden, frames].</param>
sealed class CouplingLayer(Scope scope, int channels, int hidden, Func<Tensor, Tensor?, Tensor, Tensor> network)
{
    readonly Conv pre = Conv.OneD(scope["pre"], channels / 2, hidden, 1);
    readonly Conv post = Conv.OneD(scope["post"], hidden, channels / 2, 1);

    /// <summary>[batch, channels, frames] to the same, towards the prior or back from it.</summary>
    public Tensor Forward(Tensor x, Tensor? mask, Tensor speaker, bool reverse)
    {
        var parts = Ops.Split(x, 1, channels / 2, channels / 2);
        var h = network(FrameMask.Apply(pre.Forward(parts[0]), mask), mask, speaker);
        var shift = FrameMask.Apply(post.Forward(h), mask);
        return Ops.Concat(1, parts[0], reverse ? FrameMask.Apply(parts[1] - shift, mask) : shift + FrameMask.Apply(parts[1], mask));
    }
}
