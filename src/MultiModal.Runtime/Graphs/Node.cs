namespace MultiModal.Runtime.Graphs;

/// <summary>One operation of a graph. Immutable; two nodes of one graph never have the same operation, inputs and attributes.</summary>
sealed class Node
{
    /// <summary>Operations that are leaves: what the caller feeds, what the checkpoint holds, what the program wrote down.</summary>
    public const string InputOp = "Input", ParameterOp = "Parameter", ConstantOp = "Constant";

    /// <summary>The domain of ONNX Runtime's own operators.</summary>
    public const string Microsoft = "com.microsoft";

    internal Node(Graph graph, int id, string op, string domain, Tensor?[] inputs, NodeAttributes attributes, (DType Type, Shape Shape)[] outputs)
    {
        Id = id;
        Op = op;
        Domain = domain;
        Inputs = inputs;
        Attributes = attributes;
        Outputs = [.. outputs.Select((o, i) => new Tensor(graph, this, i, o.Type, o.Shape))];
    }

    /// <summary>The order in which nodes were built; inputs always have smaller ids.</summary>
    public int Id { get; }

    public string Op { get; }

    /// <summary>The operator's domain: empty for ONNX's own.</summary>
    public string Domain { get; }

    /// <summary>What it reads; null where an optional input is left out.</summary>
    public IReadOnlyList<Tensor?> Inputs { get; }

    public NodeAttributes Attributes { get; }

    public IReadOnlyList<Tensor> Outputs { get; }

    /// <summary>The name of an input or a parameter.</summary>
    public string? Name { get; init; }

    /// <summary>The value of a constant.</summary>
    public TensorData? Value { get; init; }

    public bool IsLeaf => Op is InputOp or ParameterOp or ConstantOp;

    public bool Is(string op, string domain = "") => Op == op && Domain == domain;

    public override string ToString() => $"{Op}#{Id}({string.Join(", ", Inputs.Select(i => i?.ToString() ?? "-"))})";
}
