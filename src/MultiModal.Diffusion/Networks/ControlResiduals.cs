using MultiModal.Runtime.Graphs;

namespace MultiModal.Diffusion.Networks;

/// <summary>What a ControlNet adds to a UNet.</summary>
/// <param name="Down">One for each state kept on the way down, shaped like it.</param>
/// <param name="Middle">For the middle.</param>
public sealed record ControlResiduals(IReadOnlyList<Tensor> Down, Tensor Middle);
