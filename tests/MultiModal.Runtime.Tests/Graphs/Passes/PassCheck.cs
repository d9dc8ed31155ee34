using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Passes;
using MultiModal.Testing;

namespace MultiModal.Runtime.Tests.Graphs.Passes;

/// <summary>A graph before and after a pass: which operations it has, and that both give the same.</summary>
sealed class PassCheck
{
    readonly Graph before;
    readonly int seed;

    PassCheck(Graph before, Graph after, int seed) => (this.before, After, this.seed) = (before, after, seed);

    public Graph After { get; }

    /// <summary>Applies passes, and dead code removal after them, to a graph; every output of both must agree to 1e-5 for random inputs.</summary>
    public static PassCheck Of(Graph graph, IReadOnlyList<IGraphPass> passes, IReadOnlyDictionary<string, long>? symbols = null, int seed = 1)
    {
        var check = new PassCheck(graph, graph.Optimise([.. passes, new DeadCode()]), seed);
        check.SameResults(symbols ?? new Dictionary<string, long>());
        return check;
    }

    public static PassCheck Of<TPass>(Graph graph, IReadOnlyDictionary<string, long>? symbols = null)
        where TPass : IGraphPass, new() => Of(graph, [new TPass()], symbols);

    public PassCheck SameResults(IReadOnlyDictionary<string, long> symbols, bool optimise = false, double tolerance = 1e-5)
    {
        var feeds = before.Inputs.Select((input, i) => Feed(input, symbols, seed + i)).ToArray();
        using var weights = new RandomWeights(before, seed);
        var expected = GraphRun.Run(before, weights, optimise, feeds);
        var actual = GraphRun.Run(After, weights, optimise, feeds);
        for (var i = 0; i < expected.Length; i++) Compare.Close(expected[i], actual[i], tolerance, $"seed {seed}, output {before.Outputs[i].Name}");
        return this;
    }

    public PassCheck Has(string op, int count = 1)
    {
        var found = After.Nodes.Count(n => n.Op == op);
        Assert.True(found == count, $"{op} appears {found} times, not {count}: {string.Join(", ", After.Nodes.Where(n => !n.IsLeaf).Select(n => n.Op))}");
        return this;
    }

    public PassCheck HasNo(params ReadOnlySpan<string> ops)
    {
        foreach (var op in ops) Has(op, 0);
        return this;
    }

    /// <summary>Nothing but these operations, in any order.</summary>
    public PassCheck HasOnly(params string[] ops)
    {
        Assert.Equal(ops.Order(), After.Nodes.Where(n => !n.IsLeaf).Select(n => n.Op).Order());
        return this;
    }

    static TensorData Feed(Tensor input, IReadOnlyDictionary<string, long> symbols, int seed)
    {
        long[] shape = [.. input.Shape.Select(d => d.Evaluate(symbols))];
        var values = Nd.Random(seed, shape);
        return input.Type switch
        {
            DType.Float32 => values.ToTensor(),
            DType.Int64 => values.Map(v => Math.Floor(Math.Abs(v) * 3)).ToLongs(),
            DType.Bool => values.Map(v => v > 0 ? 1 : 0).ToBools(),
            _ => throw new NotSupportedException(input.Type.ToString()),
        };
    }
}
