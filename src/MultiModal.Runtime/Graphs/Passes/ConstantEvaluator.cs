using System.Runtime.InteropServices;

namespace MultiModal.Runtime.Graphs.Passes;

/// <summary>Computes single operations on known values: those that stand between constants in real networks.</summary>
static class ConstantEvaluator
{
    /// <summary>The result, or null for an operation that is not computed here.</summary>
    public static TensorData? Evaluate(Node node, IReadOnlyList<TensorData?> inputs)
    {
        var output = node.Outputs[0];
        var shape = output.Shape.ToLongs();
        return node.Op switch
        {
            "Reshape" or "Unsqueeze" or "Squeeze" or "Identity" => TensorData.OfBytes(output.Type, inputs[0]!.Bytes.ToArray(), shape),
            "Expand" => ConstantViews.Broadcast(inputs[0]!, shape),
            "Transpose" => ConstantViews.Transpose(inputs[0]!, node.Attributes.Get<long[]>("perm")!, shape),
            "Slice" => ConstantViews.Slice(inputs, shape),
            "Concat" => ConstantViews.Concat(inputs, (int)node.Attributes.Int("axis"), shape),
            "Gather" => ConstantViews.Gather(inputs[0]!, inputs[1]!, (int)node.Attributes.Int("axis"), shape),
            "Trilu" => ConstantViews.Triangle(inputs[0]!, inputs[1]!.Longs[0], node.Attributes.Int("upper", 1) == 1),
            "Where" => Where(inputs, shape),
            "Clip" when output.Type == DType.Float32 =>
                Map<float, float>(inputs[0]!, DType.Float32, shape, v => MathF.Min(MathF.Max(v, inputs[1]!.Floats[0]), inputs[2]!.Floats[0])),
            "Range" when output.Type == DType.Int64 => Range(inputs, shape),
            "Cast" => Cast(inputs[0]!, output.Type, shape),
            "Not" => Map<bool, bool>(inputs[0]!, DType.Bool, shape, v => !v),
            _ when inputs.Count == 1 && output.Type == DType.Float32 => FloatFunction(node.Op) is { } f ? Map<float, float>(inputs[0]!, DType.Float32, shape, f) : null,
            _ when inputs.Count == 2 => (inputs[0]!.Type, inputs[1]!.Type) switch
            {
                (DType.Float32, DType.Float32) => Binary<float>(node.Op, inputs, output.Type, shape, FloatOperator(node.Op)),
                (DType.Int64, DType.Int64) => Binary<long>(node.Op, inputs, output.Type, shape, LongOperator(node.Op, inputs)),
                (DType.Bool, DType.Bool) => Zip<bool, bool>(inputs, output.Type, shape, BoolOperator(node.Op)),
                _ => null,
            },
            _ => null,
        };
    }

    static Func<float, float, float>? FloatOperator(string op) => op switch
    {
        "Add" => (a, b) => a + b,
        "Sub" => (a, b) => a - b,
        "Mul" => (a, b) => a * b,
        "Div" => (a, b) => a / b,
        "Pow" => MathF.Pow,
        "Min" => MathF.Min,
        "Max" => MathF.Max,
        _ => null,
    };

    static Func<long, long, long>? LongOperator(string op, IReadOnlyList<TensorData?> inputs) => op switch
    {
        "Add" => (a, b) => a + b,
        "Sub" => (a, b) => a - b,
        "Mul" => (a, b) => a * b,
        "Div" when !inputs[1]!.Longs.Contains(0) => (a, b) => a / b,
        "Min" => Math.Min,
        "Max" => Math.Max,
        _ => null,
    };

    static Func<bool, bool, bool>? BoolOperator(string op) => op switch
    {
        "And" => (a, b) => a && b,
        "Or" => (a, b) => a || b,
        "Equal" => (a, b) => a == b,
        _ => null,
    };

    static Func<float, float>? FloatFunction(string op) => op switch
    {
        "Neg" => x => -x,
        "Abs" => MathF.Abs,
        "Exp" => MathF.Exp,
        "Log" => MathF.Log,
        "Sqrt" => MathF.Sqrt,
        "Sin" => MathF.Sin,
        "Cos" => MathF.Cos,
        "Tanh" => MathF.Tanh,
        "Floor" => MathF.Floor,
        "Ceil" => MathF.Ceiling,
        "Reciprocal" => x => 1 / x,
        _ => null,
    };

    static TensorData? Binary<T>(string op, IReadOnlyList<TensorData?> inputs, DType type, long[] shape, Func<T, T, T>? arithmetic)
        where T : unmanaged, System.Numerics.IComparisonOperators<T, T, bool> => op switch
        {
            "Equal" => Zip<T, bool>(inputs, type, shape, (a, b) => a == b),
            "Less" => Zip<T, bool>(inputs, type, shape, (a, b) => a < b),
            "LessOrEqual" => Zip<T, bool>(inputs, type, shape, (a, b) => a <= b),
            "Greater" => Zip<T, bool>(inputs, type, shape, (a, b) => a > b),
            "GreaterOrEqual" => Zip<T, bool>(inputs, type, shape, (a, b) => a >= b),
            _ => Zip(inputs, type, shape, arithmetic),
        };

    static TensorData? Zip<T, TResult>(IReadOnlyList<TensorData?> inputs, DType type, long[] shape, Func<T, T, TResult>? op)
        where T : unmanaged
        where TResult : unmanaged
    {
        if (op is null) return null;
        var a = MemoryMarshal.Cast<byte, T>(ConstantViews.Broadcast(inputs[0]!, shape).Bytes);
        var b = MemoryMarshal.Cast<byte, T>(ConstantViews.Broadcast(inputs[1]!, shape).Bytes);
        var result = TensorData.Zeros(type, shape);
        var to = MemoryMarshal.Cast<byte, TResult>(result.Bytes);
        for (var i = 0; i < to.Length; i++) to[i] = op(a[i], b[i]);
        return result;
    }

    static TensorData Map<T, TResult>(TensorData x, DType type, long[] shape, Func<T, TResult> op)
        where T : unmanaged
        where TResult : unmanaged
    {
        var result = TensorData.Zeros(type, shape);
        var from = MemoryMarshal.Cast<byte, T>(x.Bytes);
        var to = MemoryMarshal.Cast<byte, TResult>(result.Bytes);
        for (var i = 0; i < to.Length; i++) to[i] = op(from[i]);
        return result;
    }

    static TensorData Where(IReadOnlyList<TensorData?> inputs, long[] shape)
    {
        var condition = ConstantViews.Broadcast(inputs[0]!, shape).Bytes;
        var yes = ConstantViews.Broadcast(inputs[1]!, shape);
        var no = ConstantViews.Broadcast(inputs[2]!, shape);
        var size = yes.Type.Size();
        for (var i = 0; i < condition.Length; i++)
            if (condition[i] == 0) no.Bytes.Slice(i * size, size).CopyTo(yes.Bytes[(i * size)..]);
        return yes;
    }

    static TensorData Range(IReadOnlyList<TensorData?> inputs, long[] shape)
    {
        var (start, step) = (inputs[0]!.Longs[0], inputs[2]!.Longs[0]);
        var values = new long[shape[0]];
        for (var i = 0; i < values.Length; i++) values[i] = start + (i * step);
        return TensorData.Of(values, shape);
    }

    static TensorData? Cast(TensorData x, DType type, long[] shape) => (x.Type, type) switch
    {
        (DType.Int64, DType.Float32) => Map<long, float>(x, type, shape, v => v),
        (DType.Int64, DType.Int32) => Map<long, int>(x, type, shape, v => (int)v),
        (DType.Int32, DType.Int64) => Map<int, long>(x, type, shape, v => v),
        (DType.Int32, DType.Float32) => Map<int, float>(x, type, shape, v => v),
        (DType.Bool, DType.Float32) => Map<byte, float>(x, type, shape, v => v),
        (DType.Bool, DType.Int64) => Map<byte, long>(x, type, shape, v => v),
        (DType.Bool, DType.Int32) => Map<byte, int>(x, type, shape, v => v),
        (DType.Int64, DType.Bool) => Map<long, bool>(x, type, shape, v => v != 0),
        (DType.Float32, DType.Bool) => Map<float, bool>(x, type, shape, v => v != 0),
        _ => null,
    };
}
