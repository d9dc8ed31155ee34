using MultiModal.Runtime.Graphs;

namespace MultiModal.Runtime.Layers;

/// <summary>Group normalisation over [batch, channels, spatial...]. Parameters: weight [channels], bias [channels].</summary>
/// <param name="scope">Where its parameters are.</param>
/// <param name="groups">How many groups.</param>
/// <param name="channels">How many channels.</param>
/// <param name="epsilon">Added to the variance.</param>
public sealed class GroupNorm(Scope scope, int groups, int channels, float epsilon = 1e-5f)
{
    readonly Tensor weight = scope.Parameter("weight", channels);
    readonly Tensor bias = scope.Parameter("bias", channels);

    /// <summary>Applies it.</summary>
    /// <param name="x">[batch, channels, spatial...]</param>
    public Tensor Forward(Tensor x) => Ops.GroupNorm(x, groups, weight, bias, epsilon);
}
