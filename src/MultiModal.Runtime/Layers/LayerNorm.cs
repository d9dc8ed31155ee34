using MultiModal.Runtime.Graphs;

namespace MultiModal.Runtime.Layers;

/// <summary>Layer normalisation over the last axis. Parameters: weight [features], bias [features].</summary>
public sealed class LayerNorm
{
    readonly Tensor weight, bias;
    readonly float epsilon;

    /// <summary>Declares its parameters.</summary>
    /// <param name="scope">Where they are.</param>
    /// <param name="features">The length of the last axis.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="weightName">What the scale is called; "gamma" in the VITS family.</param>
    /// <param name="biasName">What the offset is called; "beta" in the VITS family.</param>
    public LayerNorm(Scope scope, int features, float epsilon = 1e-5f, string weightName = "weight", string biasName = "bias")
    {
        ArgumentNullException.ThrowIfNull(scope);
        weight = scope.Parameter(weightName, features);
        bias = scope.Parameter(biasName, features);
        this.epsilon = epsilon;
    }

    /// <summary>Applies it.</summary>
    /// <param name="x">[..., features]</param>
    public Tensor Forward(Tensor x) => Ops.LayerNorm(x, weight, bias, epsilon);

    /// <summary>Applies it over the channels of [batch, features, frames].</summary>
    /// <param name="x">[batch, features, frames]</param>
    public Tensor ForwardChannels(Tensor x) => Ops.SwapAxes(Forward(Ops.SwapAxes(x, 1, -1)), 1, -1);
}
