using MultiModal.Runtime.Graphs;

namespace MultiModal.Runtime.Layers;

/// <summary>x W^T + b on the last axis. Parameters: weight [out, in], bias [out].</summary>
/// <param name="scope">Where its parameters are.</param>
/// <param name="inputs">Features in.</param>
/// <param name="outputs">Features out.</param>
/// <param name="bias">Whether there is a bias.</param>
public sealed class Linear(Scope scope, int inputs, int outputs, bool bias = true)
{
    readonly Tensor weight = scope.Parameter("weight", outputs, inputs);
    readonly Tensor? offset = bias ? scope.Parameter("bias", outputs) : null;

    /// <summary>Applies it.</summary>
    /// <param name="x">[..., in]</param>
    /// <returns>[..., out]</returns>
    public Tensor Forward(Tensor x) => Ops.Linear(x, weight, offset);
}
