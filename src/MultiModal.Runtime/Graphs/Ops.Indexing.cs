namespace MultiModal.Runtime.Graphs;

public static partial class Ops
{
    /// <summary>Rows picked by index: the result has the shape of the indices in place of the axis.</summary>
    public static Tensor Gather(Tensor x, Tensor indices, int axis = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        var along = x.Axis(axis, "Gather");
        Integers("Gather", indices, x);
        return x.Graph.Add(
            "Gather", [x, indices], x.Type, Shape.Of([.. x.Shape.Take(along), .. indices.Shape, .. x.Shape.Skip(along + 1)]), NodeAttributes.Of(("axis", along)));
    }

    /// <summary>Elements picked along an axis by an index each.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="indices">As many axes as x; along the others no longer than x.</param>
    /// <param name="axis">The axis.</param>
    /// <returns>The shape of the indices.</returns>
    public static Tensor GatherElements(Tensor x, Tensor indices, int axis)
    {
        Integers("GatherElements", indices, x);
        var along = Within("GatherElements", x, indices, axis);
        return x.Graph.Add("GatherElements", [x, indices], x.Type, indices.Shape, NodeAttributes.Of(("axis", along)));
    }

    /// <summary>x with elements along an axis replaced by (or added to) others at given indices.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="indices">As many axes as x; along the others no longer than x.</param>
    /// <param name="updates">The shape of the indices.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="add">Whether updates are added; equal indices then add up. Otherwise indices must differ.</param>
    public static Tensor ScatterElements(Tensor x, Tensor indices, Tensor updates, int axis, bool add = false)
    {
        SameType("ScatterElements", x, updates);
        Integers("ScatterElements", indices, x);
        var along = Within("ScatterElements", x, indices, axis);
        if (!updates.Shape.Equals(indices.Shape)) throw new GraphException("ScatterElements", "indices and updates differ in shape.", [x, indices, updates]);
        return x.Graph.Add(
            "ScatterElements", [x, indices, updates], x.Type, x.Shape, NodeAttributes.Of(("axis", along), ("reduction", add ? "add" : null)));
    }

    /// <summary>x with slices replaced by (or added to) others at given index tuples.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="indices">Int64 [..., depth]: each tuple names the first depth axes of x.</param>
    /// <param name="updates">The shape of the indices without the last axis, then that of x after depth.</param>
    /// <param name="add">Whether updates are added; equal tuples then add up. Otherwise tuples must differ.</param>
    public static Tensor ScatterNd(Tensor x, Tensor indices, Tensor updates, bool add = false)
    {
        SameType("ScatterND", x, updates);
        if (indices.Type != DType.Int64 || indices.Rank < 1 || !indices.Shape[-1].IsKnown || indices.Shape[-1].Value > x.Rank)
            throw new GraphException("ScatterND", $"indices must be Int64 [..., depth] with a depth of at most {x.Rank}.", [x, indices, updates]);
        Shape expected = [.. indices.Shape.SkipLast(1), .. x.Shape.Skip((int)indices.Shape[-1].Value)];
        if (!expected.Equals(updates.Shape)) throw new GraphException("ScatterND", $"updates must be {expected}.", [x, indices, updates]);
        return x.Graph.Add("ScatterND", [x, indices, updates], x.Type, x.Shape, NodeAttributes.Of(("reduction", add ? "add" : null)));
    }

    /// <summary>The largest (or smallest) elements along an axis and where they are, in order; of equals the one with the smaller index first.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="count">How many.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="largest">The largest, descending; otherwise the smallest, ascending.</param>
    /// <returns>Values of the type of x and Int64 indices; along the axis both have the length count.</returns>
    public static (Tensor Values, Tensor Indices) TopK(Tensor x, int count, int axis = -1, bool largest = true)
    {
        ArgumentNullException.ThrowIfNull(x);
        var along = x.Axis(axis, "TopK");
        if (count < 1 || !Fits(count, x.Shape[along])) throw new GraphException("TopK", $"there are no {count} elements along axis {along}.", [x]);
        var shape = x.Shape.With(along, count);
        var node = x.Graph.Add(
            "TopK", [x, x.Graph.Constant((long)count)], [(x.Type, shape), (DType.Int64, shape)],
            NodeAttributes.Of(("axis", along), ("largest", largest ? null : 0)));
        return (node.Outputs[0], node.Outputs[1]);
    }

    /// <summary>1 where the position along a new last axis is the index, 0 elsewhere; nothing but zeros for an index outside of 0 to depth - 1.</summary>
    /// <param name="indices">Integers of any shape.</param>
    /// <param name="depth">The length of the new axis.</param>
    /// <param name="type">The type of the elements.</param>
    /// <returns>[..., depth]. A product with it is a gather whose gradient is a product again.</returns>
    public static Tensor OneHot(Tensor indices, Dim depth, DType type = DType.Float32)
    {
        ArgumentNullException.ThrowIfNull(indices);
        Integers("OneHot", indices, indices);
        return Cast(Equal(Unsqueeze(Cast(indices, DType.Int64), -1), Range(indices.Graph, depth)), type);
    }

    static int Within(string op, Tensor x, Tensor indices, int axis)
    {
        var along = x.Axis(axis, op);
        if (indices.Rank != x.Rank) throw new GraphException(op, "indices need as many axes as the input.", [x, indices]);
        for (var i = 0; i < x.Rank; i++)
            if (i != along && !Fits(indices.Shape[i], x.Shape[i])) throw new GraphException(op, $"the indices are longer than the input along axis {i}.", [x, indices]);
        return along;
    }

    static void Integers(string op, Tensor indices, Tensor x)
    {
        if (indices.Type is not (DType.Int64 or DType.Int32)) throw new GraphException(op, "indices must be of type Int64 or Int32.", [x, indices]);
    }
}
