using MultiModal.Runtime.Graphs;

namespace MultiModal.Runtime.Layers;

/// <summary>
/// Gated recurrent units over time, one or more layers, in one direction or both. Parameters as PyTorch's nn.GRU has them: for layer n
/// weight_ih_ln [3 hidden, in], weight_hh_ln [3 hidden, hidden], bias_ih_ln and bias_hh_ln [3 hidden], and the same with "_reverse".
/// </summary>
public sealed class Gru
{
    readonly List<(Tensor Weight, Tensor Recurrence, Tensor Bias)> layers = [];
    readonly int hidden, directions;

    /// <summary>Declares its parameters.</summary>
    /// <param name="scope">Where they are.</param>
    /// <param name="inputs">Features in.</param>
    /// <param name="hidden">Features of the state.</param>
    /// <param name="count">How many layers.</param>
    /// <param name="bidirectional">Whether a second state runs backwards.</param>
    public Gru(Scope scope, int inputs, int hidden, int count = 1, bool bidirectional = false)
    {
        ArgumentNullException.ThrowIfNull(scope);
        this.hidden = hidden;
        directions = bidirectional ? 2 : 1;
        for (var n = 0; n < count; n++)
        {
            var width = n == 0 ? inputs : hidden * directions;
            var (weights, recurrences, biases) = (new Tensor[directions], new Tensor[directions], new Tensor[directions]);
            for (var d = 0; d < directions; d++)
            {
                var suffix = d == 0 ? $"l{n}" : $"l{n}_reverse";
                weights[d] = Reorder(scope.Parameter($"weight_ih_{suffix}", 3 * hidden, width));
                recurrences[d] = Reorder(scope.Parameter($"weight_hh_{suffix}", 3 * hidden, hidden));
                biases[d] = Ops.Concat(0, Reorder(scope.Parameter($"bias_ih_{suffix}", 3 * hidden)), Reorder(scope.Parameter($"bias_hh_{suffix}", 3 * hidden)));
            }

            layers.Add((Stack(weights), Stack(recurrences), Stack(biases)));
        }
    }

    /// <summary>Applies it.</summary>
    /// <param name="x">[batch, time, in]</param>
    /// <returns>The last layer's states: [batch, time, directions * hidden].</returns>
    public Tensor Forward(Tensor x)
    {
        x = Ops.Transpose(x, 1, 0, 2);
        foreach (var (weight, recurrence, bias) in layers)
        {
            var (states, _) = Ops.Gru(x, weight, recurrence, bias);
            x = Ops.Reshape(Ops.Transpose(states, 0, 2, 1, 3), states.Shape[0], states.Shape[2], directions * hidden);
        }

        return Ops.Transpose(x, 1, 0, 2);
    }

    /// <summary>The gates in ONNX's order (update, reset, hidden) from PyTorch's (reset, update, hidden).</summary>
    static Tensor Reorder(Tensor weight)
    {
        var gates = Ops.Chunk(weight, 3, 0);
        return Ops.Concat(0, gates[1], gates[0], gates[2]);
    }

    static Tensor Stack(Tensor[] parts) => Ops.Concat(0, [.. parts.Select(p => Ops.Unsqueeze(p, 0))]);
}
