using MultiModal.Runtime.Graphs;

namespace MultiModal.Runtime.Layers;

/// <summary>Batch normalisation with the statistics of training. Parameters: weight, bias, running_mean, running_var [channels].</summary>
/// <param name="scope">Where its parameters are.</param>
/// <param name="channels">How many channels.</param>
/// <param name="epsilon">Added to the variance.</param>
public sealed class BatchNorm(Scope scope, int channels, float epsilon = 1e-5f)
{
    readonly Tensor weight = scope.Parameter("weight", channels);
    readonly Tensor bias = scope.Parameter("bias", channels);
    readonly Tensor mean = scope.Parameter("running_mean", channels);
    readonly Tensor variance = scope.Parameter("running_var", channels);

    /// <summary>Applies it.</summary>
    /// <param name="x">[batch, channels, spatial...]</param>
    public Tensor Forward(Tensor x) => Ops.BatchNorm(x, weight, bias, mean, variance, epsilon);
}
