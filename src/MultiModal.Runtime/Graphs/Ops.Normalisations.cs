namespace MultiModal.Runtime.Graphs;

public static partial class Ops
{
    /// <summary>Layer normalisation over the last axis (Ba et al. 2016), from primitives.</summary>
    /// <param name="x">[..., features]</param>
    /// <param name="scale">[features], or null.</param>
    /// <param name="bias">[features], or null.</param>
    /// <param name="epsilon">Added to the variance.</param>
    public static Tensor LayerNorm(Tensor x, Tensor? scale, Tensor? bias, float epsilon = 1e-5f)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Affine(Standardise(x, [-1], epsilon), scale, bias);
    }

    /// <summary>Group normalisation (Wu and He 2018), from primitives: each group of channels is brought to mean 0 and variance 1 over space.</summary>
    /// <param name="x">[batch, channels, spatial...]</param>
    /// <param name="groups">How many groups; divides the channels.</param>
    /// <param name="scale">[channels], or null.</param>
    /// <param name="bias">[channels], or null.</param>
    /// <param name="epsilon">Added to the variance.</param>
    public static Tensor GroupNorm(Tensor x, int groups, Tensor? scale, Tensor? bias, float epsilon = 1e-5f)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rank < 3 || groups < 1 || x.Shape[1] / groups * groups != x.Shape[1]) throw new GraphException("GroupNorm", $"the channels do not fall into {groups} groups.", [x]);
        var grouped = Reshape(x, x.Shape[0], groups, -1);
        var normal = Reshape(Standardise(grouped, [-1], epsilon), [.. x.Shape]);
        return Affine(normal, PerChannel(scale, x), PerChannel(bias, x));
    }

    /// <summary>Instance normalisation: group normalisation with a group for each channel.</summary>
    /// <inheritdoc cref="GroupNorm"/>
    public static Tensor InstanceNorm(Tensor x, Tensor? scale, Tensor? bias, float epsilon = 1e-5f)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Affine(Standardise(x, [.. Enumerable.Range(2, x.Rank - 2)], epsilon), PerChannel(scale, x), PerChannel(bias, x));
    }

    /// <summary>Batch normalisation with fixed statistics, as at inference.</summary>
    /// <param name="x">[batch, channels, spatial...]</param>
    /// <param name="scale">[channels]</param>
    /// <param name="bias">[channels]</param>
    /// <param name="mean">[channels]</param>
    /// <param name="variance">[channels]</param>
    /// <param name="epsilon">Added to the variance.</param>
    public static Tensor BatchNorm(Tensor x, Tensor scale, Tensor bias, Tensor mean, Tensor variance, float epsilon = 1e-5f)
    {
        ArgumentNullException.ThrowIfNull(x);
        foreach (var vector in (ReadOnlySpan<Tensor>)[scale, bias, mean, variance])
            if (x.Rank < 2 || vector.Rank != 1 || vector.Shape[0] != x.Shape[1]) throw new GraphException("BatchNorm", $"each statistic must be [channels].", [x, vector]);
        return x.Graph.Add("BatchNormalization", [x, scale, bias, mean, variance], x.Type, x.Shape, NodeAttributes.Of(("epsilon", epsilon)));
    }

    /// <summary>A vector of channels, shaped to broadcast over [batch, channels, spatial...].</summary>
    internal static Tensor? PerChannel(Tensor? vector, Tensor x)
    {
        if (vector is null) return null;
        if (vector.Rank != 1 || vector.Shape[0] != x.Shape[1]) throw new GraphException("Normalisation", "scale and bias must be [channels].", [x, vector]);
        var dims = new Dim[x.Rank - 1];
        Array.Fill(dims, 1);
        dims[0] = vector.Shape[0];
        return Reshape(vector, dims);
    }

    static Tensor Standardise(Tensor x, ReadOnlySpan<int> axes, float epsilon)
    {
        var centred = x - Mean(x, axes, keep: true);
        return centred / Sqrt(Mean(centred * centred, axes, keep: true) + epsilon);
    }

    static Tensor Affine(Tensor x, Tensor? scale, Tensor? bias)
    {
        if (scale is not null) x *= scale;
        return bias is null ? x : x + bias;
    }
}
