namespace MultiModal.Runtime.Graphs;

/// <summary>The operators of which networks are built. Each checks types and shapes at once and appends one node (or finds it).</summary>
/// <remarks>Semantics are those of the ONNX operators of the same names, opset 20.</remarks>
public static partial class Ops
{
    /// <summary>a + b, broadcasting.</summary>
    public static Tensor Add(Tensor a, Tensor b) => Binary("Add", a, b);

    /// <summary>a - b, broadcasting.</summary>
    public static Tensor Sub(Tensor a, Tensor b) => Binary("Sub", a, b);

    /// <summary>a * b element by element, broadcasting.</summary>
    public static Tensor Mul(Tensor a, Tensor b) => Binary("Mul", a, b);

    /// <summary>a / b element by element, broadcasting; integers round towards zero.</summary>
    public static Tensor Div(Tensor a, Tensor b) => Binary("Div", a, b);

    /// <summary>a to the power of b, broadcasting.</summary>
    public static Tensor Pow(Tensor a, Tensor b) => Binary("Pow", a, b);

    /// <summary>The smaller of a and b, broadcasting.</summary>
    public static Tensor Min(Tensor a, Tensor b) => Binary("Min", a, b);

    /// <summary>The larger of a and b, broadcasting.</summary>
    public static Tensor Max(Tensor a, Tensor b) => Binary("Max", a, b);

    /// <summary>The remainder; for floats with the sign of a (C's fmod), for integers with the sign of b.</summary>
    public static Tensor Mod(Tensor a, Tensor b) => Binary("Mod", a, b, attributes: NodeAttributes.Of(("fmod", a?.Type.IsFloat() == true ? 1 : null)));

    /// <summary>a == b, as truth values.</summary>
    public static Tensor Equal(Tensor a, Tensor b) => Binary("Equal", a, b, DType.Bool);

    /// <summary>a &lt; b, as truth values.</summary>
    public static Tensor Less(Tensor a, Tensor b) => Binary("Less", a, b, DType.Bool);

    /// <summary>a &lt;= b, as truth values.</summary>
    public static Tensor LessOrEqual(Tensor a, Tensor b) => Binary("LessOrEqual", a, b, DType.Bool);

    /// <summary>a &gt; b, as truth values.</summary>
    public static Tensor Greater(Tensor a, Tensor b) => Binary("Greater", a, b, DType.Bool);

    /// <summary>a &gt;= b, as truth values.</summary>
    public static Tensor GreaterOrEqual(Tensor a, Tensor b) => Binary("GreaterOrEqual", a, b, DType.Bool);

    /// <summary>Both are true.</summary>
    public static Tensor And(Tensor a, Tensor b) => Logical("And", a, b);

    /// <summary>At least one is true.</summary>
    public static Tensor Or(Tensor a, Tensor b) => Logical("Or", a, b);

    /// <summary>Not true.</summary>
    public static Tensor Not(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.Type == DType.Bool ? Unary("Not", x) : throw new GraphException("Not", "the input must be of truth values.", [x]);
    }

    /// <summary>a where the condition holds, b elsewhere; all three broadcast.</summary>
    public static Tensor Where(Tensor condition, Tensor a, Tensor b)
    {
        SameType("Where", a, b);
        if (condition.Type != DType.Bool) throw new GraphException("Where", "the condition must be of truth values.", [condition, a, b]);
        var shape = Broadcast("Where", Broadcast("Where", a.Shape, b.Shape, [condition, a, b]), condition.Shape, [condition, a, b]);
        return a.Graph.Add("Where", [condition, a, b], a.Type, shape);
    }

    /// <summary>-x.</summary>
    public static Tensor Neg(Tensor x) => Unary("Neg", x);

    /// <summary>|x|.</summary>
    public static Tensor Abs(Tensor x) => Unary("Abs", x);

    /// <summary>-1, 0 or 1.</summary>
    public static Tensor Sign(Tensor x) => Unary("Sign", x);

    /// <summary>e to the power of x.</summary>
    public static Tensor Exp(Tensor x) => Unary("Exp", x);

    /// <summary>The natural logarithm.</summary>
    public static Tensor Log(Tensor x) => Unary("Log", x);

    /// <summary>The square root.</summary>
    public static Tensor Sqrt(Tensor x) => Unary("Sqrt", x);

    /// <summary>1 / x.</summary>
    public static Tensor Reciprocal(Tensor x) => Unary("Reciprocal", x);

    /// <summary>The sine of x in radians.</summary>
    public static Tensor Sin(Tensor x) => Unary("Sin", x);

    /// <summary>The cosine of x in radians.</summary>
    public static Tensor Cos(Tensor x) => Unary("Cos", x);

    /// <summary>The hyperbolic tangent.</summary>
    public static Tensor Tanh(Tensor x) => Unary("Tanh", x);

    /// <summary>The error function.</summary>
    public static Tensor Erf(Tensor x) => Unary("Erf", x);

    /// <summary>Rounded down.</summary>
    public static Tensor Floor(Tensor x) => Unary("Floor", x);

    /// <summary>Rounded up.</summary>
    public static Tensor Ceiling(Tensor x) => Unary("Ceil", x);

    /// <summary>Rounded to the nearest, halves to even.</summary>
    public static Tensor Round(Tensor x) => Unary("Round", x);

    /// <summary>x, kept between two limits.</summary>
    public static Tensor Clip(Tensor x, float minimum, float maximum) =>
        x.Graph.Add("Clip", [x, x.Like(minimum), x.Like(maximum)], x.Type, x.Shape);

    /// <summary>x as another type.</summary>
    public static Tensor Cast(Tensor x, DType type) =>
        x.Type == type ? x : x.Graph.Add("Cast", [x], type, x.Shape, NodeAttributes.Of(("to", (long)type)));

    /// <summary>x, through which no gradient flows.</summary>
    public static Tensor StopGradient(Tensor x) => Unary("Identity", x);

    internal static Tensor Unary(string op, Tensor x, NodeAttributes? attributes = null, string domain = "")
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.Graph.Add(op, [x], x.Type, x.Shape, attributes, domain);
    }

    static Tensor Binary(string op, Tensor a, Tensor b, DType? result = null, NodeAttributes? attributes = null)
    {
        SameType(op, a, b);
        return a.Graph.Add(op, [a, b], result ?? a.Type, Broadcast(op, a.Shape, b.Shape, [a, b]), attributes);
    }

    static Tensor Logical(string op, Tensor a, Tensor b)
    {
        SameType(op, a, b);
        return a.Type == DType.Bool ? Binary(op, a, b) : throw new GraphException(op, "the inputs must be of truth values.", [a, b]);
    }

    static void SameType(string op, Tensor a, Tensor b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        if (a.Type != b.Type) throw new GraphException(op, "the inputs are of different types.", [a, b]);
    }

    /// <summary>The shape two shapes broadcast to (NumPy's rule: aligned at the last axis, lengths equal or one of them 1).</summary>
    internal static Shape Broadcast(string op, Shape a, Shape b, IReadOnlyList<Tensor> inputs)
    {
        var dims = new Dim[Math.Max(a.Rank, b.Rank)];
        for (var i = 1; i <= dims.Length; i++)
        {
            var x = i <= a.Rank ? a[^i] : 1;
            var y = i <= b.Rank ? b[^i] : 1;
            dims[^i] = x == y || y == 1 ? x
                : x == 1 ? y
                : throw new GraphException(op, $"the shapes {a} and {b} do not broadcast: {x} against {y}.", inputs);
        }

        return Shape.Of(dims);
    }
}
