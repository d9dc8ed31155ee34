namespace MultiModal.Runtime.Graphs;

/// <summary>One value of a graph: symbolic, immutable, its type and shape known as soon as it exists. Nothing is computed by making one.</summary>
public sealed class Tensor
{
    internal Tensor(Graph graph, Node node, int index, DType type, Shape shape)
    {
        Graph = graph;
        Node = node;
        Index = index;
        Type = type;
        Shape = shape;
    }

    /// <summary>The graph it belongs to.</summary>
    public Graph Graph { get; }

    /// <summary>The type of the elements.</summary>
    public DType Type { get; }

    /// <summary>The lengths of the axes.</summary>
    public Shape Shape { get; }

    /// <summary>How many axes there are.</summary>
    public int Rank => Shape.Rank;

    /// <summary>The name of an input or a parameter; null for what is computed.</summary>
    public string? Name => Node.Name;

    internal Node Node { get; }

    internal int Index { get; }

    /// <summary>The sum, with NumPy's broadcasting.</summary>
    public static Tensor operator +(Tensor a, Tensor b) => Ops.Add(a, b);

    /// <summary>The sum with a number.</summary>
    public static Tensor operator +(Tensor a, float b) => Ops.Add(a, a.Like(b));

    /// <summary>The sum with a number.</summary>
    public static Tensor operator +(float a, Tensor b) => Ops.Add(b.Like(a), b);

    /// <summary>The difference, with NumPy's broadcasting.</summary>
    public static Tensor operator -(Tensor a, Tensor b) => Ops.Sub(a, b);

    /// <summary>The difference with a number.</summary>
    public static Tensor operator -(Tensor a, float b) => Ops.Sub(a, a.Like(b));

    /// <summary>The difference from a number.</summary>
    public static Tensor operator -(float a, Tensor b) => Ops.Sub(b.Like(a), b);

    /// <summary>The negative.</summary>
    public static Tensor operator -(Tensor a) => Ops.Neg(a);

    /// <summary>The element-wise product, with NumPy's broadcasting.</summary>
    public static Tensor operator *(Tensor a, Tensor b) => Ops.Mul(a, b);

    /// <summary>The product with a number.</summary>
    public static Tensor operator *(Tensor a, float b) => Ops.Mul(a, a.Like(b));

    /// <summary>The product with a number.</summary>
    public static Tensor operator *(float a, Tensor b) => Ops.Mul(b.Like(a), b);

    /// <summary>The quotient, with NumPy's broadcasting.</summary>
    public static Tensor operator /(Tensor a, Tensor b) => Ops.Div(a, b);

    /// <summary>The quotient by a number.</summary>
    public static Tensor operator /(Tensor a, float b) => Ops.Div(a, a.Like(b));

    /// <summary>The quotient of a number.</summary>
    public static Tensor operator /(float a, Tensor b) => Ops.Div(b.Like(a), b);

    /// <inheritdoc/>
    public override string ToString() => Node.Name is { } name ? $"{name}: {Type}{Shape}" : $"{Type}{Shape}";

    /// <summary>A scalar constant of this tensor's type.</summary>
    internal Tensor Like(float value) => Graph.Scalar(Type, value);

    internal int Axis(int axis, string operation) =>
        axis >= -Rank && axis < Rank ? (axis < 0 ? axis + Rank : axis)
            : throw new GraphException(operation, $"there is no axis {axis} in a tensor of {Rank} axes.", [this]);
}
