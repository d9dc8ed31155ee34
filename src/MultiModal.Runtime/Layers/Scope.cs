using MultiModal.Runtime.Graphs;

namespace MultiModal.Runtime.Layers;

/// <summary>A place in the tree of a network's parameters: "down_blocks.0.resnets.1". Modules derive the names of their parameters from it.</summary>
public sealed class Scope
{
    internal Scope(Graph graph, string path)
    {
        Graph = graph;
        Path = path;
    }

    /// <summary>The graph to which parameters are added.</summary>
    public Graph Graph { get; }

    /// <summary>The path with dots; empty at the root.</summary>
    public string Path { get; }

    /// <summary>A child by name; a name may itself have dots, and an empty one is the scope itself.</summary>
    public Scope this[string name] => name.Length == 0 ? this : new(Graph, Join(name));

    /// <summary>A child by number, as in a list of modules.</summary>
    public Scope this[int index] => this[index.ToString(System.Globalization.CultureInfo.InvariantCulture)];

    /// <summary>A float32 parameter of this place.</summary>
    /// <param name="name">Its name under the scope, "weight" as a rule.</param>
    /// <param name="shape">Its shape in the checkpoint.</param>
    public Tensor Parameter(string name, params ReadOnlySpan<Dim> shape) => Graph.Parameter(Join(name), DType.Float32, shape);

    /// <inheritdoc/>
    public override string ToString() => Path;

    string Join(string name) => Path.Length == 0 ? name : $"{Path}.{name}";
}
