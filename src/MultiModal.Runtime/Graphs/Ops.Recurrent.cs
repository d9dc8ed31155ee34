namespace MultiModal.Runtime.Graphs;

public static partial class Ops
{
    /// <summary>A gated recurrent unit over time (Cho et al. 2014), with the gates in ONNX's order: update, reset, hidden.</summary>
    /// <param name="x">[time, batch, in]</param>
    /// <param name="weight">[directions, 3 hidden, in]</param>
    /// <param name="recurrence">[directions, 3 hidden, hidden]</param>
    /// <param name="bias">[directions, 6 hidden]: of the input, then of the state.</param>
    /// <param name="initial">The state at the start, [directions, batch, hidden]; null for zeros.</param>
    /// <param name="resetAfter">Whether the reset gate acts after the product with the state, as in PyTorch.</param>
    /// <returns>All states, [time, directions, batch, hidden], and the last, [directions, batch, hidden].</returns>
    public static (Tensor All, Tensor Last) Gru(Tensor x, Tensor weight, Tensor recurrence, Tensor bias, Tensor? initial = null, bool resetAfter = true)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(recurrence);
        return Recurrent("GRU", x, weight, recurrence, bias, initial, 3, ("linear_before_reset", resetAfter ? 1 : null));
    }

    /// <summary>A long short-term memory over time, with the gates in ONNX's order: input, output, forget, cell.</summary>
    /// <param name="x">[time, batch, in]</param>
    /// <param name="weight">[directions, 4 hidden, in]</param>
    /// <param name="recurrence">[directions, 4 hidden, hidden]</param>
    /// <param name="bias">[directions, 8 hidden]: of the input, then of the state.</param>
    /// <returns>All states, [time, directions, batch, hidden], and the last, [directions, batch, hidden].</returns>
    public static (Tensor All, Tensor Last) Lstm(Tensor x, Tensor weight, Tensor recurrence, Tensor bias)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(recurrence);
        return Recurrent("LSTM", x, weight, recurrence, bias, null, 4, ("direction", null));
    }

    static (Tensor All, Tensor Last) Recurrent(
        string op, Tensor x, Tensor weight, Tensor recurrence, Tensor bias, Tensor? initial, int gates, (string, object?) extra)
    {
        SameType(op, x, weight);
        if (weight.Rank != 3 || recurrence.Rank != 3) throw new GraphException(op, "the weights need three axes.", [x, weight, recurrence, bias]);
        var (directions, hidden) = (recurrence.Shape[0], recurrence.Shape[2]);
        if (x.Rank != 3 || !weight.Shape.Equals([directions, hidden * gates, x.Shape[2]]) || !recurrence.Shape.Equals([directions, hidden * gates, hidden])
            || !bias.Shape.Equals([directions, hidden * gates * 2]) || directions != 1 && directions != 2
            || initial is not null && !initial.Shape.Equals([directions, x.Shape[1], hidden]))
            throw new GraphException(op, "the weights do not fit the input [time, batch, in].", [x, weight, recurrence, bias]);
        var node = x.Graph.Add(
            op, [x, weight, recurrence, bias, null, initial],
            [(x.Type, [x.Shape[0], directions, x.Shape[1], hidden]), (x.Type, [directions, x.Shape[1], hidden])],
            NodeAttributes.Of(("hidden_size", hidden.Value), ("direction", directions == 2 ? "bidirectional" : null), extra));
        return (node.Outputs[0], node.Outputs[1]);
    }
}
