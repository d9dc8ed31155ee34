using MultiModal.Runtime.Graphs;

namespace MultiModal.Runtime.Layers;

/// <summary>A table of vectors. Parameters: weight [count, features].</summary>
/// <param name="scope">Where its parameters are.</param>
/// <param name="count">How many vectors.</param>
/// <param name="features">Their length.</param>
public sealed class Embedding(Scope scope, int count, int features)
{
    /// <summary>The table itself: [count, features].</summary>
    public Tensor Weight { get; } = scope.Parameter("weight", count, features);

    /// <summary>Looks vectors up.</summary>
    /// <param name="indices">Integers of any shape.</param>
    /// <returns>[..., features]</returns>
    public Tensor Forward(Tensor indices) => Ops.Gather(Weight, indices);
}
