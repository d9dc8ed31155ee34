namespace MultiModal.Runtime.Graphs.Passes;

/// <summary>Small questions that patterns ask of a graph.</summary>
static class Match
{
    /// <summary>The node behind a tensor where it is of that operation.</summary>
    public static Node? By(this Tensor? tensor, string op) => tensor?.Node is { } node && node.Is(op) ? node : null;

    /// <summary>The value of a constant with one element, of type Float32.</summary>
    public static float? Number(this Tensor? tensor) =>
        tensor?.Node is { Op: Node.ConstantOp, Value: { Type: DType.Float32, Length: 1 } value } ? value.Floats[0] : null;

    /// <summary>The two operands of a commutative node, the one that satisfies the condition second; null where none does.</summary>
    public static (Tensor Other, Tensor Found)? Either(this Node node, Func<Tensor, bool> condition) =>
        condition(node.Inputs[1]!) ? (node.Inputs[0]!, node.Inputs[1]!)
        : condition(node.Inputs[0]!) ? (node.Inputs[1]!, node.Inputs[0]!)
        : null;

    /// <summary>The operand of a commutative node beside a given one.</summary>
    public static Tensor? Beside(this Node node, Tensor one) =>
        ReferenceEquals(node.Inputs[0], one) ? node.Inputs[1] : ReferenceEquals(node.Inputs[1], one) ? node.Inputs[0] : null;

    /// <summary>The operand of x + c or x * c and the number c, where the number does not add axes.</summary>
    public static (Tensor Operand, float Number)? WithNumber(this Node node) =>
        node.Either(t => t.Number() is not null) is var (operand, number) && number.Rank <= operand.Rank ? (operand, number.Number()!.Value) : null;

    public static bool Permutes(this Node node, params ReadOnlySpan<long> order) =>
        node.Is("Transpose") && node.Attributes.Get<long[]>("perm").AsSpan().SequenceEqual(order);
}
