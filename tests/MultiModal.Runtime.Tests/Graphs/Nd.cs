namespace MultiModal.Runtime.Tests.Graphs;

/// <summary>An array of doubles that is defined by a formula over its indices: what operators are compared with.</summary>
sealed class Nd
{
    readonly double[] values;

    Nd(long[] shape)
    {
        Shape = shape;
        values = new double[TensorData.ElementCount(shape)];
    }

    public long[] Shape { get; }

    public int Rank => Shape.Length;

    public double this[params ReadOnlySpan<long> index]
    {
        get => values[Offset(index)];
        set => values[Offset(index)] = value;
    }

    /// <summary>Each element by a formula over its index.</summary>
    public static Nd Of(ReadOnlySpan<long> shape, Func<long[], double> formula)
    {
        var result = new Nd(shape.ToArray());
        foreach (var index in Indices(result.Shape)) result[index] = formula(index);
        return result;
    }

    /// <summary>Numbers from -1 to 1 as floats hold them.</summary>
    public static Nd Random(int seed, params ReadOnlySpan<long> shape)
    {
        var random = new System.Random(seed);
        return Of(shape, _ => (float)((random.NextDouble() * 2) - 1));
    }

    public static Nd From(TensorData data)
    {
        var result = new Nd([.. data.Dimensions]);
        MultiModal.Testing.Compare.Widen(data).CopyTo(result.values.AsSpan());
        return result;
    }

    public static IEnumerable<long[]> Indices(long[] shape)
    {
        var count = TensorData.ElementCount(shape);
        for (var i = 0L; i < count; i++)
        {
            var index = new long[shape.Length];
            var rest = i;
            for (var axis = shape.Length - 1; axis >= 0; axis--) (rest, index[axis]) = (rest / shape[axis], rest % shape[axis]);
            yield return index;
        }
    }

    /// <summary>The element that broadcasting puts at an index of a larger shape.</summary>
    public double Broadcast(long[] index) =>
        this[[.. Enumerable.Range(0, Rank).Select(axis => Shape[axis] == 1 ? 0 : index[index.Length - Rank + axis])]];

    /// <summary>The element, or a value outside.</summary>
    public double Or(double outside, params ReadOnlySpan<long> index)
    {
        for (var axis = 0; axis < index.Length; axis++)
            if (index[axis] < 0 || index[axis] >= Shape[axis]) return outside;
        return this[index];
    }

    public Nd Map(Func<double, double> function) => Of(Shape, index => function(this[index]));

    public TensorData ToTensor() => TensorData.Of(Array.ConvertAll(values, v => (float)v), Shape);

    public TensorData ToLongs() => TensorData.Of(Array.ConvertAll(values, v => (long)v), Shape);

    public TensorData ToBools() => TensorData.Of(Array.ConvertAll(values, v => v != 0), Shape);

    public static long[] BroadcastShape(params ReadOnlySpan<long[]> shapes)
    {
        var rank = 0;
        foreach (var shape in shapes) rank = Math.Max(rank, shape.Length);
        var result = new long[rank];
        Array.Fill(result, 1);
        foreach (var shape in shapes)
            for (var i = 1; i <= shape.Length; i++) result[^i] = Math.Max(result[^i], shape[^i]);
        return result;
    }

    long Offset(ReadOnlySpan<long> index)
    {
        var offset = 0L;
        for (var axis = 0; axis < Shape.Length; axis++)
        {
            if (index[axis] < 0 || index[axis] >= Shape[axis]) throw new ArgumentOutOfRangeException(nameof(index));
            offset = (offset * Shape[axis]) + index[axis];
        }

        return offset;
    }
}
