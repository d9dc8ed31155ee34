using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Weights;

namespace MultiModal.Voice.Training.Networks;

/// <summary>
/// Weights trained as length and direction (Salimans and Kingma 2016, equation 2): w = g * v / |v|, the norm taken over every axis but the
/// first. Which weights are kept so is part of So-VITS-SVC's checkpoints.
/// </summary>
static class WeightNorm
{
    const string Length = "_g", Direction = "_v";

    /// <summary>Has a graph compute such weights from "name_g" and "name_v".</summary>
    /// <param name="graph">The graph, before its networks are built.</param>
    /// <param name="isNormed">Which weights, by name.</param>
    public static void Derive(Graph graph, Func<string, bool> isNormed) => graph.Derive((name, shape) =>
    {
        if (!isNormed(name)) return null;
        var axes = Enumerable.Range(1, shape.Rank - 1).ToArray();
        var length = graph.Parameter(name + Length, Runtime.DType.Float32, [shape[0], .. axes.Select(_ => (Dim)1)]);
        var direction = graph.Parameter(name + Direction, Runtime.DType.Float32, [.. shape]);
        return direction * (length / Ops.Sqrt(Ops.Sum(direction * direction, axes, keep: true)));
    });

    /// <summary>Which weights of a generator or a discriminator are kept so when it is trained from scratch: those of the original.</summary>
    /// <remarks>A generator's prior, pitch decoder, prenet and couplings' ends are plain, as are the decoder's condition and source.</remarks>
    public static bool IsNormedInOriginal(string name) =>
        name.EndsWith(".weight", StringComparison.Ordinal)
        && (name.StartsWith("discriminators.", StringComparison.Ordinal)
            || name.StartsWith("dec.conv_p", StringComparison.Ordinal)
            || name.StartsWith("dec.ups.", StringComparison.Ordinal)
            || name.StartsWith("dec.resblocks.", StringComparison.Ordinal) && name.Contains(".convs", StringComparison.Ordinal)
            || IsOfWaveNet(name));

    /// <summary>Which weights a checkpoint keeps so.</summary>
    public static Func<string, bool> IsNormedIn(IWeightSource checkpoint)
    {
        var normed = checkpoint.Names.Where(n => n.EndsWith(Direction, StringComparison.Ordinal)).Select(n => n[..^Direction.Length]).ToHashSet(StringComparer.Ordinal);
        return normed.Contains;
    }

    static bool IsOfWaveNet(string name) =>
        (name.StartsWith("flow.", StringComparison.Ordinal) || name.StartsWith("enc_q.enc.", StringComparison.Ordinal))
        && (name.Contains(".cond_layer.", StringComparison.Ordinal) || name.Contains(".in_layers.", StringComparison.Ordinal) || name.Contains(".res_skip_layers.", StringComparison.Ordinal));
}
