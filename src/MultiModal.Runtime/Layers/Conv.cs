using MultiModal.Runtime.Graphs;

namespace MultiModal.Runtime.Layers;

/// <summary>A convolution over one or two spatial axes. Parameters: weight [out, in / groups, kernel...], bias [out].</summary>
public sealed class Conv
{
    readonly Tensor weight;
    readonly Tensor? bias;
    readonly int stride, dilation, groups;
    readonly int[] padding;

    Conv(Scope scope, int inputs, int outputs, ReadOnlySpan<Dim> kernel, int stride, ReadOnlySpan<int> padding, int dilation, int groups, bool bias)
    {
        ArgumentNullException.ThrowIfNull(scope);
        weight = scope.Parameter("weight", [outputs, inputs / groups, .. kernel]);
        this.bias = bias ? scope.Parameter("bias", outputs) : null;
        (this.stride, this.dilation, this.groups, this.padding) = (stride, dilation, groups, padding.ToArray());
    }

    /// <summary>Over time: [batch, channels, frames].</summary>
    /// <param name="scope">Where its parameters are.</param>
    /// <param name="inputs">Channels in.</param>
    /// <param name="outputs">Channels out.</param>
    /// <param name="kernel">The kernel's length.</param>
    /// <param name="stride">The step.</param>
    /// <param name="padding">Zeros on both sides.</param>
    /// <param name="dilation">The distance between taps.</param>
    /// <param name="groups">Into how many independent parts the channels fall.</param>
    /// <param name="bias">Whether there is a bias.</param>
    public static Conv OneD(Scope scope, int inputs, int outputs, int kernel, int stride = 1, int padding = 0, int dilation = 1, int groups = 1, bool bias = true) =>
        new(scope, inputs, outputs, [kernel], stride, [padding], dilation, groups, bias);

    /// <summary>Over a picture: [batch, channels, height, width], with a square kernel.</summary>
    /// <inheritdoc cref="OneD"/>
    public static Conv TwoD(Scope scope, int inputs, int outputs, int kernel, int stride = 1, int padding = 0, int dilation = 1, int groups = 1, bool bias = true) =>
        new(scope, inputs, outputs, [kernel, kernel], stride, [padding], dilation, groups, bias);

    /// <summary>Applies it.</summary>
    /// <param name="x">[batch, in, spatial...]</param>
    /// <returns>[batch, out, spatial...]</returns>
    public Tensor Forward(Tensor x) => Ops.Conv(x, weight, bias, [stride], padding, [dilation], groups);
}
