using Google.Protobuf;
using MultiModal.Runtime.Weights;

namespace MultiModal.Runtime.Graphs.Onnx;

/// <summary>Turns a graph into an ONNX model whose weights stay where they are.</summary>
public static class OnnxWriter
{
    /// <summary>The version of the ONNX operators that is written.</summary>
    public const int Opset = 20;

    const int IrVersion = 9;

    /// <summary>Writes a graph. Only what its outputs depend on is written.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="weights">Where its parameters are found by name; null for a graph without any.</param>
    /// <exception cref="WeightMismatchException">A parameter is missing or has another shape. Weights the graph does not use are fine here:
    /// whether they may be there is for the loader of a whole checkpoint to say.</exception>
    public static OnnxModel Write(Graph graph, IWeightSource? weights = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var reached = graph.Reachable();
        var proto = new GraphProto { Name = "multimodal" };
        var names = new Names(graph, reached);
        var outside = new List<OnnxWeight>();
        var needed = reached.Where(n => n.Op == Node.ParameterOp).Select(n => n.Outputs[0]).ToList();
        if (needed.Count > 0)
        {
            if (weights is null) throw new ArgumentNullException(nameof(weights), $"The graph has {needed.Count} parameters, which need weights.");
            WeightMatching.Check(weights, needed.Select(p => (p.Node.Name!, (IReadOnlyList<long>)p.Shape.ToLongs())), "{all*}");
        }

        var readWhole = WholeParameters(graph, reached);
        foreach (var node in reached)
        {
            switch (node.Op)
            {
                case Node.InputOp: break;
                case Node.ParameterOp:
                    outside.Add(new(node.Name!, node.Outputs[0].Type, weights!.Find(node.Name!)!) { IsFolded = !readWhole.Contains(node.Outputs[0]) });
                    break;
                case Node.ConstantOp: AddConstant(proto, outside, names[node.Outputs[0]], node.Value!); break;
                default: proto.Node.Add(Write(node, names)); break;
            }
        }

        // An output that is itself a leaf, stands under two names, or is read on, is copied to its name.
        foreach (var (name, tensor) in graph.Outputs)
            if (names[tensor] != name) proto.Node.Add(new NodeProto { OpType = "Identity", Name = $"{name}/Identity", Input = { names[tensor] }, Output = { name } });

        var inputs = graph.Inputs.Select(i => Describe(i.Node.Name!, i)).ToList();
        var outputs = graph.Outputs.Select(o => Describe(o.Name, o.Tensor)).ToList();
        proto.Input.AddRange(inputs.Select(Info));
        proto.Output.AddRange(outputs.Select(Info));
        var model = new ModelProto { IrVersion = IrVersion, ProducerName = "MultiModal", Graph = proto };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = Opset });
        foreach (var domain in reached.Select(n => n.Domain).Where(d => d.Length > 0).Distinct())
            model.OpsetImport.Add(new OperatorSetIdProto { Domain = domain, Version = 1 });
        return new(model.ToByteArray(), outside, inputs, outputs);
    }

    /// <summary>The parameters that something reads as they are, rather than piece by piece.</summary>
    static HashSet<Tensor> WholeParameters(Graph graph, IReadOnlyList<Node> reached)
    {
        var whole = graph.Outputs.Select(o => o.Tensor).Where(t => t.Node.Op == Node.ParameterOp).ToHashSet();
        foreach (var node in reached.Where(n => !n.Is("Slice")))
            foreach (var input in node.Inputs)
                if (input?.Node.Op == Node.ParameterOp) whole.Add(input);
        return whole;
    }

    static void AddConstant(GraphProto proto, List<OnnxWeight> outside, string name, TensorData value)
    {
        // What is large would count against protobuf's limit of 2 GB.
        if (value.Bytes.Length > 1 << 20)
        {
            outside.Add(new(name, value));
            return;
        }

        var tensor = new TensorProto { Name = name, DataType = (int)value.Type, RawData = ByteString.CopyFrom(value.Bytes) };
        tensor.Dims.AddRange(value.Dimensions);
        proto.Initializer.Add(tensor);
    }

    static NodeProto Write(Node node, Names names)
    {
        var proto = new NodeProto { OpType = node.Op, Name = names[node], Domain = node.Domain };
        proto.Input.AddRange(node.Inputs.Select(i => i is null ? "" : names[i]));
        while (proto.Input.Count > 0 && proto.Input[^1].Length == 0) proto.Input.RemoveAt(proto.Input.Count - 1);
        proto.Output.AddRange(node.Outputs.Select(o => names[o]));
        foreach (var (name, value) in node.Attributes.Entries) proto.Attribute.Add(Write(name, value));
        return proto;
    }

    static AttributeProto Write(string name, object value)
    {
        var proto = new AttributeProto { Name = name };
        switch (value)
        {
            case long i: (proto.I, proto.Type) = (i, AttributeProto.Types.AttributeType.Int); break;
            case float f: (proto.F, proto.Type) = (f, AttributeProto.Types.AttributeType.Float); break;
            case string s: (proto.S, proto.Type) = (ByteString.CopyFromUtf8(s), AttributeProto.Types.AttributeType.String); break;
            case long[] ints: proto.Ints.AddRange(ints); proto.Type = AttributeProto.Types.AttributeType.Ints; break;
            case float[] floats: proto.Floats.AddRange(floats); proto.Type = AttributeProto.Types.AttributeType.Floats; break;
            case string[] strings: proto.Strings.AddRange(strings.Select(ByteString.CopyFromUtf8)); proto.Type = AttributeProto.Types.AttributeType.Strings; break;
            default: throw new InvalidOperationException($"The attribute {name} is a {value.GetType().Name}.");
        }

        return proto;
    }

    static OnnxValue Describe(string name, Tensor tensor) =>
        new(name, tensor.Type, [.. tensor.Shape.Select(d => d.IsKnown ? new OnnxDimension(d.Value) : new OnnxDimension(d.ToString()))]);

    static ValueInfoProto Info(OnnxValue value)
    {
        var shape = new TensorShapeProto();
        shape.Dim.AddRange(value.Dimensions.Select(d =>
            d.Symbol is { } symbol ? new TensorShapeProto.Types.Dimension { DimParam = symbol } : new TensorShapeProto.Types.Dimension { DimValue = d.Length }));
        return new() { Name = value.Name, Type = new() { TensorType = new() { ElemType = (int)value.Type, Shape = shape } } };
    }

    /// <summary>Names that tell where a value comes from: by the parameter its node reads, where it reads one.</summary>
    sealed class Names
    {
        readonly Dictionary<Tensor, string> outputs = [];

        public Names(Graph graph, IReadOnlyList<Node> reached)
        {
            // An output takes its own name, unless another output has given the tensor one, or it is a leaf with a name already; or other nodes read
            // it: it then lies in the caller's memory, and the runtime's reductions round by how what they read is aligned.
            var read = reached.SelectMany(n => n.Inputs).ToHashSet();
            foreach (var (name, tensor) in graph.Outputs)
                if (!tensor.Node.IsLeaf && !read.Contains(tensor)) outputs.TryAdd(tensor, name);
        }

        public string this[Tensor tensor] => outputs.TryGetValue(tensor, out var name) ? name
            : tensor.Node.Name ?? (tensor.Node.Op == Node.ConstantOp ? $"constant_{tensor.Node.Id}" : $"{this[tensor.Node]}:{tensor.Index}");

        public string this[Node node]
        {
            get
            {
                var parameter = node.Inputs.Select(OwnParameter).FirstOrDefault(p => p is not null);
                var owner = parameter is null ? "" : parameter[..Math.Max(parameter.LastIndexOf('.'), 0)] + "/";
                return $"{owner}{node.Op}_{node.Id}";
            }
        }

        static string? OwnParameter(Tensor? input) => input?.Node switch
        {
            { Op: Node.ParameterOp } p => p.Name,
            { Op: "Transpose" or "Reshape" } view when view.Inputs[0]!.Node.Op == Node.ParameterOp => view.Inputs[0]!.Node.Name,
            _ => null,
        };
    }
}
