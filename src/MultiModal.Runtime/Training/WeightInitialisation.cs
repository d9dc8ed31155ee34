using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Random;

namespace MultiModal.Runtime.Training;

/// <summary>First values for training from scratch, as PyTorch's layers draw them.</summary>
public static class WeightInitialisation
{
    /// <summary>Adds parameters of a graph with fresh values.</summary>
    /// <remarks>
    /// Which layer a parameter belongs to is told by what reads it and by its name: tables that indices pick from are normal with
    /// deviation 1; other weights of two or more axes are uniform within ±1 / sqrt(fan in) (He et al. 2015 with a = sqrt 5), and so are biases
    /// beside them; scales of normalisations are 1 and their offsets 0; "weight_g" is the norm of its "weight_v"; running means are 0,
    /// running variances 1. Any other vector is 0.
    /// </remarks>
    /// <param name="set">The set.</param>
    /// <param name="graph">The graph.</param>
    /// <param name="random">The generator. Parameters are drawn in the order in which the graph declares them, matrices before vectors.</param>
    /// <param name="which">Which parameters; null for all.</param>
    public static void AddFresh(this ParameterSet set, Graph graph, TorchRandom random, Func<string, bool>? which = null)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(random);
        var tables = graph.Nodes.Where(n => n.Is("Gather")).Select(n => n.Inputs[0]!).Where(t => t.Node.Op == Node.ParameterOp).ToHashSet();
        var fresh = new Dictionary<string, TensorData>(StringComparer.Ordinal);

        // Norms and biases look at the weights beside them, which are therefore drawn first.
        foreach (var (name, tensor) in graph.Parameters.OrderBy(p => p.Value.Rank <= 1 || p.Key.EndsWith("weight_g", StringComparison.Ordinal) ? 1 : 0))
            fresh.Add(name, Draw(name, tensor, tables.Contains(tensor), fresh, random));
        foreach (var name in graph.Parameters.Keys)
            if (which?.Invoke(name) != false) set.Add(name, fresh[name]);
    }

    static TensorData Draw(string name, Tensor tensor, bool isTable, Dictionary<string, TensorData> drawn, TorchRandom random)
    {
        var data = TensorData.Zeros(DType.Float32, tensor.Shape.ToLongs());
        var place = name[..(name.LastIndexOf('.') + 1)];
        var own = name[place.Length..];
        if (isTable) random.Normal(data.Floats);
        else if (own == "weight_g" && drawn.TryGetValue(place + "weight_v", out var direction)) Norms(direction, data.Floats);
        else if (tensor.Rank >= 2) Uniform(random, data, FanIn(data));
        else if (own is "weight" or "gamma" or "running_var") data.Floats.Fill(1);
        else if (own.StartsWith("bias", StringComparison.Ordinal) && Beside(drawn, place, own) is { Dimensions.Count: >= 2 } weight) Uniform(random, data, FanIn(weight));
        return data;
    }

    /// <summary>The weight that a bias belongs to: "bias" to "weight" or "weight_v", "bias_ih_l0" to "weight_ih_l0".</summary>
    static TensorData? Beside(Dictionary<string, TensorData> drawn, string place, string bias) =>
        drawn.GetValueOrDefault(place + "weight" + bias["bias".Length..]) ?? drawn.GetValueOrDefault(place + "weight_v");

    static long FanIn(TensorData weight) => weight.Length / weight.Dimensions[0];

    static void Uniform(TorchRandom random, TensorData data, long fanIn)
    {
        var bound = 1 / MathF.Sqrt(fanIn);
        random.Uniform(data.Floats, -bound, bound);
    }

    /// <summary>The Euclidean norm of each slice along the first axis.</summary>
    static void Norms(TensorData direction, Span<float> norms)
    {
        var length = direction.Length / norms.Length;
        for (var i = 0; i < norms.Length; i++) norms[i] = System.Numerics.Tensors.TensorPrimitives.Norm(direction.Floats.Slice(i * length, length));
    }
}
