namespace MultiModal.Runtime.Graphs;

/// <summary>A network was put together wrongly: shapes or types that do not fit, a symbol that nothing defines.</summary>
public sealed class GraphException : MultiModalException
{
    internal GraphException(string operation, string problem, IReadOnlyList<Tensor> inputs)
        : base(Describe(operation, problem, inputs, out var origin))
    {
        Operation = operation;
        Origin = origin;
    }

    /// <summary>The operation that could not be built.</summary>
    public string Operation { get; }

    /// <summary>The line of C# that asked for it: the nearest caller outside of the graph library. Empty where it is unknown.</summary>
    public string Origin { get; }

    static string Describe(string operation, string problem, IReadOnlyList<Tensor> inputs, out string origin)
    {
        origin = CallSite.Find();
        var shapes = inputs.Count == 0 ? "" : $" Inputs: {string.Join(", ", inputs)}.";
        return $"{operation}: {problem}{shapes}{(origin.Length == 0 ? "" : $" Built at {origin}.")}";
    }
}
