using MultiModal.Runtime.Graphs;

namespace MultiModal.Voice.Synthesis;

/// <summary>
/// Which frames of a batch are real: [batch, 1, frames] of ones and zeros. Inference runs one sequence at its own length and has no mask,
/// so that the products are not in the graph at all.
/// </summary>
static class FrameMask
{
    // What the VITS family puts in place of the logits that attention must not see.
    const float Hidden = -1e4f;

    /// <summary>x with the frames that are not real set to zero.</summary>
    public static Tensor Apply(Tensor x, Tensor? mask) => mask is null ? x : x * mask;

    /// <summary>What is added to the logits of attention so that only real frames are seen: [batch, 1, frames, frames], or null.</summary>
    public static Tensor? ForAttention(Tensor? mask)
    {
        if (mask is null) return null;
        var rows = Ops.Unsqueeze(Ops.SwapAxes(mask, 1, 2), 1);
        return (1f - rows * Ops.Unsqueeze(mask, 1)) * Hidden;
    }

    /// <summary>What is added to the logits so that a frame sees itself and the past only: [frames, frames].</summary>
    public static Tensor Causal(Graph graph, Dim frames) =>
        Ops.Triangle(Ops.Full(graph, Runtime.DType.Float32, Hidden, frames, frames), upper: true, diagonal: 1);
}
