using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Passes;

namespace MultiModal.Runtime.Tests.Graphs.Passes;

public class CommonSubexpressionsTests
{
    static readonly Dictionary<string, long> sizes = new() { ["n"] = 4 };
    readonly Graph graph = new();

    [Fact]
    public void Sums_in_either_order_are_one()
    {
        var (x, y) = (graph.Input("x", DType.Float32, "n"), graph.Input("y", DType.Float32, "n"));
        graph.Output("one", Ops.Exp(x + y) * Ops.Max(x, y));
        graph.Output("two", Ops.Exp(y + x) * Ops.Max(y, x));
        PassCheck.Of<CommonSubexpressions>(graph, sizes).HasOnly("Add", "Exp", "Max", "Mul");
    }

    [Fact]
    public void Differences_in_either_order_are_two()
    {
        var (x, y) = (graph.Input("x", DType.Float32, "n"), graph.Input("y", DType.Float32, "n"));
        graph.Output("one", x - y);
        graph.Output("two", y - x);
        PassCheck.Of<CommonSubexpressions>(graph, sizes).HasOnly("Sub", "Sub");
    }
}
