namespace MultiModal.Runtime.Graphs;

public static partial class Ops
{
    /// <summary>Convolution (in fact correlation, as in every framework) over one or more spatial axes.</summary>
    /// <param name="x">[batch, channels, spatial...]</param>
    /// <param name="weight">[out, channels / groups, kernel...]</param>
    /// <param name="bias">[out], or null.</param>
    /// <param name="stride">One step for every axis, or one each.</param>
    /// <param name="padding">Zeros: one number for all sides, one for each axis, or all begins then all ends.</param>
    /// <param name="dilation">One for every axis, or one each.</param>
    /// <param name="groups">Into how many independent parts the channels fall.</param>
    /// <returns>[batch, out, spatial...]</returns>
    public static Tensor Conv(
        Tensor x, Tensor weight, Tensor? bias = null, ReadOnlySpan<int> stride = default, ReadOnlySpan<int> padding = default,
        ReadOnlySpan<int> dilation = default, int groups = 1)
    {
        SameType("Conv", x, weight);
        var window = new Window("Conv", x, weight, stride, padding, dilation);
        if (x.Shape[1] != weight.Shape[1] * groups)
            throw new GraphException("Conv", $"the input has {x.Shape[1]} channels, the weight takes {weight.Shape[1] * groups} in {groups} group(s).", [x, weight]);
        if (groups < 1 || weight.Shape[0] / groups * groups != weight.Shape[0])
            throw new GraphException("Conv", $"{weight.Shape[0]} channels out do not fall into {groups} group(s).", [x, weight]);
        BiasFits("Conv", x, bias, weight.Shape[0]);
        return x.Graph.Add(
            "Conv", [x, weight, bias], x.Type, [x.Shape[0], weight.Shape[0], .. window.Shrunk(x)],
            window.Attributes(groups));
    }

    /// <summary>Transposed convolution: the gradient of <see cref="Conv"/> with respect to its input.</summary>
    /// <param name="x">[batch, channels, spatial...]</param>
    /// <param name="weight">[channels, out / groups, kernel...]</param>
    /// <param name="bias">[out], or null.</param>
    /// <param name="stride">One step for every axis, or one each.</param>
    /// <param name="padding">What is cut off: one number for all sides, one for each axis, or all begins then all ends.</param>
    /// <param name="outputPadding">Zeros added at the end of each axis.</param>
    /// <param name="dilation">One for every axis, or one each.</param>
    /// <param name="groups">Into how many independent parts the channels fall.</param>
    /// <returns>[batch, out, spatial...]</returns>
    public static Tensor ConvTranspose(
        Tensor x, Tensor weight, Tensor? bias = null, ReadOnlySpan<int> stride = default, ReadOnlySpan<int> padding = default,
        ReadOnlySpan<int> outputPadding = default, ReadOnlySpan<int> dilation = default, int groups = 1)
    {
        SameType("ConvTranspose", x, weight);
        var window = new Window("ConvTranspose", x, weight, stride, padding, dilation);
        if (x.Shape[1] != weight.Shape[0])
            throw new GraphException("ConvTranspose", $"the input has {x.Shape[1]} channels, the weight takes {weight.Shape[0]}.", [x, weight]);
        if (groups < 1 || weight.Shape[0] / groups * groups != weight.Shape[0])
            throw new GraphException("ConvTranspose", $"{weight.Shape[0]} channels do not fall into {groups} group(s).", [x, weight]);
        BiasFits("ConvTranspose", x, bias, weight.Shape[1] * groups);
        var extra = Window.Each(outputPadding, x.Rank - 2, 0, "ConvTranspose", [x, weight]);
        return x.Graph.Add(
            "ConvTranspose", [x, weight, bias], x.Type, [x.Shape[0], weight.Shape[1] * groups, .. window.Grown(x, extra)],
            window.Attributes(groups, ("output_padding", extra.All(e => e == 0) ? null : extra)));
    }

    /// <summary>The mean of each window.</summary>
    /// <param name="x">[batch, channels, spatial...]</param>
    /// <param name="kernel">The window's length along each spatial axis.</param>
    /// <param name="stride">One step for every axis, or one each.</param>
    /// <param name="padding">Zeros, as for <see cref="Conv"/>.</param>
    /// <param name="countPadding">Whether padded zeros count in the mean.</param>
    public static Tensor AveragePool(Tensor x, ReadOnlySpan<int> kernel, ReadOnlySpan<int> stride = default, ReadOnlySpan<int> padding = default, bool countPadding = false) =>
        Pool("AveragePool", x, kernel, stride, padding, ("count_include_pad", countPadding ? 1 : null));

    /// <summary>The largest element of each window.</summary>
    /// <param name="x">[batch, channels, spatial...]</param>
    /// <param name="kernel">The window's length along each spatial axis.</param>
    /// <param name="stride">One step for every axis, or one each.</param>
    /// <param name="padding">Ignored elements, as for <see cref="Conv"/>.</param>
    public static Tensor MaxPool(Tensor x, ReadOnlySpan<int> kernel, ReadOnlySpan<int> stride = default, ReadOnlySpan<int> padding = default) =>
        Pool("MaxPool", x, kernel, stride, padding, ("count_include_pad", null));

    static void BiasFits(string op, Tensor x, Tensor? bias, Dim channels)
    {
        if (bias is null) return;
        SameType(op, x, bias);
        if (bias.Rank != 1 || bias.Shape[0] != channels) throw new GraphException(op, $"the bias must be [{channels}].", [x, bias]);
    }

    static Tensor Pool(string op, Tensor x, ReadOnlySpan<int> kernel, ReadOnlySpan<int> stride, ReadOnlySpan<int> padding, (string, object?) extra)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rank < 3) throw new GraphException(op, "the input needs [batch, channels, spatial...].", [x]);
        var window = new Window(op, x, Window.Each(kernel, x.Rank - 2, 1, op, [x]), stride, padding, default);
        return x.Graph.Add(op, [x], x.Type, [x.Shape[0], x.Shape[1], .. window.Shrunk(x)], window.Attributes(null, extra));
    }
}
