namespace MultiModal.Runtime.Graphs.Passes;

/// <summary>Computes single operations on known values: the few that stand between constants in real networks.</summary>
static class ConstantEvaluator
{
    /// <summary>The result, or null for an operation that is not computed here.</summary>
    public static TensorData? Evaluate(Node node, IReadOnlyList<TensorData?> inputs)
    {
        var shape = node.Outputs[0].Shape.ToLongs();
        return (node.Op, node.Outputs[0].Type) switch
        {
            ("Add" or "Sub" or "Mul" or "Div" or "Pow" or "Min" or "Max", DType.Float32) when inputs[0]!.Type == DType.Float32 =>
                Binary<float>(inputs, shape, FloatOperator(node.Op)),
            ("Add" or "Sub" or "Mul" or "Div" or "Min" or "Max", DType.Int64) => LongOperator(node.Op, inputs) is { } op ? Binary(inputs, shape, op) : null,
            ("Neg" or "Exp" or "Sqrt" or "Sin" or "Cos" or "Reciprocal", DType.Float32) => Unary(inputs[0]!, shape, UnaryOperator(node.Op)),
            ("Reshape" or "Unsqueeze" or "Squeeze", _) => TensorData.OfBytes(node.Outputs[0].Type, inputs[0]!.Bytes.ToArray(), shape),
            ("Expand", _) => Permute(inputs[0]!, shape, BroadcastStrides(inputs[0]!.Dimensions, shape)),
            ("Transpose", _) => Permute(inputs[0]!, shape, [.. node.Attributes.Get<long[]>("perm")!.Select(a => Strides(inputs[0]!.Dimensions)[a])]),
            ("Concat", DType.Int64) when shape.Length == 1 => TensorData.Of([.. inputs.SelectMany(i => i!.Longs.ToArray())], shape),
            ("Cast", DType.Float32) when inputs[0]!.Type == DType.Int64 => TensorData.Of(Array.ConvertAll(inputs[0]!.Longs.ToArray(), v => (float)v), shape),
            _ => null,
        };
    }

    static Func<float, float, float> FloatOperator(string op) => op switch
    {
        "Add" => (a, b) => a + b,
        "Sub" => (a, b) => a - b,
        "Mul" => (a, b) => a * b,
        "Div" => (a, b) => a / b,
        "Pow" => MathF.Pow,
        "Min" => MathF.Min,
        _ => MathF.Max,
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

    static Func<float, float> UnaryOperator(string op) => op switch
    {
        "Neg" => x => -x,
        "Exp" => MathF.Exp,
        "Sqrt" => MathF.Sqrt,
        "Sin" => MathF.Sin,
        "Cos" => MathF.Cos,
        _ => x => 1 / x,
    };

    static TensorData Unary(TensorData x, long[] shape, Func<float, float> op) => TensorData.Of(Array.ConvertAll(x.Floats.ToArray(), v => op(v)), shape);

    static TensorData Binary<T>(IReadOnlyList<TensorData?> inputs, long[] shape, Func<T, T, T> op)
        where T : unmanaged
    {
        var left = Permute(inputs[0]!, shape, BroadcastStrides(inputs[0]!.Dimensions, shape));
        var right = Permute(inputs[1]!, shape, BroadcastStrides(inputs[1]!.Dimensions, shape));
        var a = Elements<T>(left);
        var b = Elements<T>(right);
        for (var i = 0; i < a.Length; i++) a[i] = op(a[i], b[i]);
        return left;
    }

    static Span<T> Elements<T>(TensorData data)
        where T : unmanaged => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, T>(data.Bytes);

    static long[] Strides(IReadOnlyList<long> shape)
    {
        var strides = new long[shape.Count];
        for (long i = shape.Count - 1, step = 1; i >= 0; step *= shape[(int)i], i--) strides[i] = step;
        return strides;
    }

    static long[] BroadcastStrides(IReadOnlyList<long> from, long[] to)
    {
        var own = Strides(from);
        var strides = new long[to.Length];
        for (var i = 1; i <= from.Count; i++) strides[^i] = from[^i] == 1 ? 0 : own[^i];
        return strides;
    }

    /// <summary>A copy in another shape, reading with given strides (in elements of the input).</summary>
    static TensorData Permute(TensorData x, long[] shape, long[] strides)
    {
        var result = TensorData.Zeros(x.Type, shape);
        var size = x.Type.Size();
        var from = x.Bytes;
        var to = result.Bytes;
        var index = new long[shape.Length];
        for (long i = 0, offset = 0; i < result.Length; i++)
        {
            from.Slice((int)offset * size, size).CopyTo(to[((int)i * size)..]);
            for (var axis = shape.Length - 1; axis >= 0; axis--)
            {
                offset += strides[axis];
                if (++index[axis] < shape[axis]) break;
                offset -= strides[axis] * shape[axis];
                index[axis] = 0;
            }
        }

        return result;
    }
}
