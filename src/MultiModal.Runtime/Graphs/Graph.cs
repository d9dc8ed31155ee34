using System.Security.Cryptography;
using System.Text;

namespace MultiModal.Runtime.Graphs;

/// <summary>
/// A network as a graph of operations. Operators append nodes; the same node built twice is one node. A finished graph is turned into
/// an ONNX model and run by a session.
/// </summary>
/// <remarks>Not safe for concurrent building; safe to read from many threads once it is built.</remarks>
public sealed class Graph
{
    readonly Dictionary<string, Node> shared = new(StringComparer.Ordinal);
    readonly List<Node> nodes = [];
    readonly List<Tensor> inputs = [];
    readonly Dictionary<string, Tensor> parameters = new(StringComparer.Ordinal);
    readonly List<(string Name, Tensor Tensor)> outputs = [];
    readonly Dictionary<string, (Tensor Input, int Axis, long Multiple)> symbols = new(StringComparer.Ordinal);
    Func<string, Shape, Tensor?>? derivation;

    /// <summary>What the caller feeds at each run, in the order declared.</summary>
    public IReadOnlyList<Tensor> Inputs => inputs;

    /// <summary>What a checkpoint must hold, by name.</summary>
    public IReadOnlyDictionary<string, Tensor> Parameters => parameters;

    /// <summary>What a run gives, in the order declared.</summary>
    public IReadOnlyList<(string Name, Tensor Tensor)> Outputs => outputs;

    /// <summary>The root of the names of parameters.</summary>
    public Layers.Scope Root => new(this, "");

    internal IReadOnlyList<Node> Nodes => nodes;

    /// <summary>Declares what the caller feeds. A symbol in its shape is defined by the length that comes in.</summary>
    /// <param name="name">The input's name, unique in the graph.</param>
    /// <param name="type">The type of its elements.</param>
    /// <param name="shape">The length of each axis: numbers, symbols, or multiples of one symbol ("8 * height").</param>
    /// <exception cref="GraphException">The name is taken.</exception>
    public Tensor Input(string name, DType type, params ReadOnlySpan<Dim> shape)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (inputs.Any(i => i.Node.Name == name)) throw new GraphException("Input", $"there is an input '{name}' already.", inputs);
        if (parameters.TryGetValue(name, out var taken)) throw new GraphException("Input", $"there is a parameter '{name}' already.", [taken]);
        var node = Append(Node.InputOp, "", [], NodeAttributes.None, [(type, Shape.Of(shape))], name);
        inputs.Add(node.Outputs[0]);
        for (var axis = 0; axis < shape.Length; axis++)
            if (shape[axis] is { IsKnown: false, Constant: 0, Terms: [{ Atoms: [{ Dividend: null } atom] } term] })
                symbols.TryAdd(atom.Name, (node.Outputs[0], axis, term.Coefficient));
        return node.Outputs[0];
    }

    /// <summary>Declares what the checkpoint holds. Asking twice for the same name gives the same tensor.</summary>
    /// <param name="name">The name in the checkpoint.</param>
    /// <param name="type">The type the network computes with; a stored narrower type is widened on loading.</param>
    /// <param name="shape">Its shape.</param>
    /// <exception cref="GraphException">It was declared with another type or shape before.</exception>
    public Tensor Parameter(string name, DType type, params ReadOnlySpan<Dim> shape)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var wanted = Shape.Of(shape);
        if (Derived(name, type, wanted) is { } derived) return derived;
        if (parameters.TryGetValue(name, out var known))
            return known.Type == type && known.Shape.Equals(wanted) ? known
                : throw new GraphException("Parameter", $"'{name}' is declared as {known.Type}{known.Shape} and again as {type}{wanted}.", [known]);
        if (inputs.Find(i => i.Node.Name == name) is { } taken) throw new GraphException("Parameter", $"there is an input '{name}' already.", [taken]);
        if (!wanted.IsKnown) throw new GraphException("Parameter", $"'{name}' has the shape {wanted}, but a checkpoint's shapes are numbers.", []);
        return parameters[name] = Append(Node.ParameterOp, "", [], NodeAttributes.None, [(type, wanted)], name).Outputs[0];
    }

    /// <summary>
    /// Has parameters computed instead of declared, from then on: weights kept as length and direction, or with an adapter added. Networks need
    /// not know.
    /// </summary>
    /// <param name="rule">
    /// Given the name and the shape of a parameter that a network asks for, its value (as a rule made of parameters of other names), or null
    /// to declare it as usual. Parameters that the rule itself asks for are declared.
    /// </param>
    public void Derive(Func<string, Shape, Tensor?> rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        derivation = rule;
    }

    /// <summary>A tensor that is part of the program.</summary>
    /// <param name="value">Its value, which must not be changed afterwards.</param>
    public Tensor Constant(TensorData value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var key = $"{Node.ConstantOp}|{value}|{Convert.ToHexString(SHA256.HashData(value.Bytes))}";
        if (!shared.TryGetValue(key, out var node))
            shared[key] = node = Append(Node.ConstantOp, "", [], NodeAttributes.None, [(value.Type, Shape.Of(value.Dimensions))], null, value);
        return node.Outputs[0];
    }

    /// <summary>A number that is part of the program.</summary>
    /// <param name="value">Its value.</param>
    public Tensor Constant(float value) => Constant(TensorData.Scalar(value));

    /// <summary>A vector of integers that is part of the program.</summary>
    /// <param name="values">Its elements.</param>
    public Tensor Constant(params long[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return Constant(TensorData.Of(values, values.Length));
    }

    /// <summary>Declares what a run gives.</summary>
    /// <param name="name">The output's name, unique in the graph.</param>
    /// <param name="tensor">Its value.</param>
    /// <exception cref="GraphException">The name is taken (by an output, or by an input or a parameter that is not the tensor itself), or
    /// the tensor is another graph's.</exception>
    public void Output(string name, Tensor tensor)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.Graph != this) throw new GraphException("Output", "the tensor belongs to another graph.", [tensor]);
        if (outputs.Any(o => o.Name == name)) throw new GraphException("Output", $"there is an output '{name}' already.", []);
        if (tensor.Node.Name != name && (parameters.ContainsKey(name) || inputs.Any(i => i.Node.Name == name)))
            throw new GraphException("Output", $"the name '{name}' is that of an input or a parameter.", [tensor]);
        outputs.Add((name, tensor));
    }

    /// <summary>A length as a tensor: int64 [1]. Numbers are constants; symbols are read off the inputs when the network runs.</summary>
    /// <param name="dim">The length.</param>
    /// <exception cref="GraphException">A symbol of it is no input's.</exception>
    public Tensor SizeOf(Dim dim)
    {
        Tensor? sum = dim.Constant != 0 || dim.IsKnown ? Constant(dim.Constant) : null;
        foreach (var term in dim.Terms)
        {
            Tensor? product = term.Coefficient == 1 ? null : Constant(term.Coefficient);
            foreach (var atom in term.Atoms) product = product is null ? SizeOf(atom) : product * SizeOf(atom);
            sum = sum is null ? product! : sum + product!;
        }

        return sum!;
    }

    /// <summary>How many operations of each kind the outputs depend on, by the names of ONNX's operators.</summary>
    public IReadOnlyDictionary<string, int> CountOperations() =>
        new SortedDictionary<string, int>(Reachable().Where(n => !n.IsLeaf).CountBy(n => n.Op).ToDictionary(), StringComparer.Ordinal);

    internal Tensor Scalar(DType type, float value) => type switch
    {
        DType.Float32 => Constant(TensorData.Scalar(value)),
        DType.Int64 => Constant(TensorData.Scalar((long)value)),
        DType.Int32 => Constant(TensorData.Of([(int)value])),
        DType.Float64 => Constant(TensorData.Of([(double)value])),
        DType.Float16 => Constant(TensorData.OfBytes(type, BitConverter.GetBytes((Half)value))),
        _ => throw new GraphException("Constant", $"there are no numbers of type {type}.", []),
    };

    /// <summary>Appends an operation, or finds the one that is there already.</summary>
    internal Node Add(string op, Tensor?[] nodeInputs, (DType Type, Shape Shape)[] nodeOutputs, NodeAttributes? attributes = null, string domain = "")
    {
        var key = new StringBuilder(op).Append('@').Append(domain);
        foreach (var input in nodeInputs)
        {
            if (input is not null && input.Graph != this) throw new GraphException(op, "an input belongs to another graph.", [input]);
            key.Append('|').Append(input?.Node.Id ?? -1).Append('.').Append(input?.Index ?? 0);
        }

        key.Append('#').Append(nodeOutputs.Length);
        attributes ??= NodeAttributes.None;
        attributes.AppendKey(key);
        var text = key.ToString();
        return shared.TryGetValue(text, out var node) ? node : shared[text] = Append(op, domain, nodeInputs, attributes, nodeOutputs);
    }

    /// <summary>Appends an operation of one output.</summary>
    internal Tensor Add(string op, Tensor?[] nodeInputs, DType type, Shape shape, NodeAttributes? attributes = null, string domain = "") =>
        Add(op, nodeInputs, [(type, shape)], attributes, domain).Outputs[0];

    /// <summary>What the outputs depend on, inputs before their users.</summary>
    internal IReadOnlyList<Node> Reachable()
    {
        var wanted = new bool[nodes.Count];
        foreach (var (_, tensor) in outputs) wanted[tensor.Node.Id] = true;
        for (var i = nodes.Count - 1; i >= 0; i--)
            if (wanted[i])
                foreach (var input in nodes[i].Inputs)
                    if (input is not null) wanted[input.Node.Id] = true;
        return [.. nodes.Where(n => wanted[n.Id])];
    }

    Tensor? Derived(string name, DType type, Shape shape)
    {
        if (derivation is not { } rule) return null;
        derivation = null;
        try
        {
            var derived = rule(name, shape);
            return derived is null || (derived.Type == type && derived.Shape.Equals(shape)) ? derived
                : throw new GraphException("Parameter", $"'{name}' is wanted as {type}{shape}, and was derived as {derived.Type}{derived.Shape}.", [derived]);
        }
        finally
        {
            derivation = rule;
        }
    }

    Tensor SizeOf(DimAtom atom)
    {
        if (atom.Dividend is { } dividend) return Ops.Div(SizeOf(dividend), SizeOf(atom.Divisor!.Value));
        if (!symbols.TryGetValue(atom.Name, out var definition))
            throw new GraphException("SizeOf", $"no input's shape defines the symbol '{atom.Name}'.", inputs);
        var length = Ops.ShapeOf(definition.Input, definition.Axis, definition.Axis + 1);
        return definition.Multiple == 1 ? length : Ops.Div(length, Constant(definition.Multiple));
    }

    Node Append(
        string op, string domain, Tensor?[] nodeInputs, NodeAttributes attributes, (DType, Shape)[] nodeOutputs, string? name = null, TensorData? value = null)
    {
        var node = new Node(this, nodes.Count, op, domain, nodeInputs, attributes, nodeOutputs) { Name = name, Value = value };
        nodes.Add(node);
        return node;
    }
}
