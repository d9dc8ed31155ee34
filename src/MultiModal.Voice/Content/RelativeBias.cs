using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;

namespace MultiModal.Voice.Content;

/// <summary>
/// A bias of attention by relative position, in buckets that widen with the distance (Raffel et al. 2020, "T5", section 2.1; both directions).
/// </summary>
/// <param name="scope">Where its table is.</param>
/// <param name="buckets">How many buckets, half of them for each direction.</param>
/// <param name="farthest">The distance from which on all share the last bucket.</param>
/// <param name="heads">How many heads.</param>
sealed class RelativeBias(Scope scope, int buckets, int farthest, int heads)
{
    readonly Embedding table = new(scope, buckets, heads);

    /// <summary>For that many frames: [1, heads, frames, frames].</summary>
    public Tensor Forward(Dim frames)
    {
        var graph = table.Weight.Graph;
        var half = buckets / 2;
        var exact = half / 2;
        var positions = Ops.Range(graph, frames);
        // Position of the key less that of the query.
        var distance = Ops.Unsqueeze(positions, 0) - Ops.Unsqueeze(positions, 1);
        var size = Ops.Abs(distance);
        var far = Ops.Cast(
            Ops.Log(Ops.Cast(Ops.Max(size, graph.Constant(TensorData.Scalar(1L))), DType.Float32) / exact) * ((half - exact) / MathF.Log((float)farthest / exact)),
            DType.Int64) + exact;
        var bucket = Ops.Where(Ops.Less(size, graph.Constant(TensorData.Scalar((long)exact))), size, Ops.Min(far, graph.Constant(TensorData.Scalar(half - 1L))));
        bucket += Ops.Cast(Ops.Greater(distance, graph.Constant(TensorData.Scalar(0L))), DType.Int64) * half;
        return Ops.Unsqueeze(Ops.Transpose(table.Forward(bucket), 2, 0, 1), 0);
    }
}
