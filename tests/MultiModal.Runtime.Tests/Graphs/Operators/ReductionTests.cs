using MultiModal.Runtime.Graphs;

namespace MultiModal.Runtime.Tests.Graphs.Operators;

public class ReductionTests
{
    delegate Tensor Reduction(Tensor x, ReadOnlySpan<int> axes, bool keep);

    [Theory]
    [InlineData(new int[0])]
    [InlineData(new[] { 0 })]
    [InlineData(new[] { -1 })]
    [InlineData(new[] { 2, 0 })]
    [InlineData(new[] { 0, 1, 2 })]
    public void Reductions_run_over_the_axes_named(int[] axes)
    {
        var x = Nd.Random(axes.Length, 2, 3, 4);
        var gone = axes.Length == 0 ? [0, 1, 2] : axes.Select(a => a < 0 ? a + 3 : a).ToHashSet();
        (string Name, Reduction Build, Func<IEnumerable<double>, double> Expected)[] reductions =
        [
            ("sum", Ops.Sum, v => v.Sum()), ("mean", Ops.Mean, v => v.Average()), ("max", Ops.ReduceMax, v => v.Max()), ("min", Ops.ReduceMin, v => v.Min()),
        ];
        foreach (var (name, build, expected) in reductions)
        {
            var kept = Nd.Of([.. x.Shape.Select((n, a) => gone.Contains(a) ? 1 : n)], i =>
                expected(Nd.Indices(x.Shape).Where(j => i.Select((v, a) => gone.Contains(a) || v == j[a]).All(same => same)).Select(j => x[j])));
            OperatorCheck.Equal($"{name}, kept", t => build(t[0], axes, true), kept, x);
            long[] rest = [.. x.Shape.Where((_, a) => !gone.Contains(a))];
            var dropped = Nd.Of(rest, i =>
            {
                var next = 0;
                return kept[[.. Enumerable.Range(0, 3).Select(a => gone.Contains(a) ? 0 : i[next++])]];
            });
            OperatorCheck.Equal(name, t => build(t[0], axes, false), dropped, x);
        }
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(-1, true)]
    public void Running_sums_run_along_the_axis(int axis, bool reverse)
    {
        var x = Nd.Random(3, 3, 4);
        var along = axis < 0 ? axis + 2 : axis;
        var expected = Nd.Of(x.Shape, i => Nd.Indices(x.Shape)
            .Where(j => j[1 - along] == i[1 - along] && (reverse ? j[along] >= i[along] : j[along] <= i[along])).Sum(j => x[j]));
        OperatorCheck.Equal("running sum", t => Ops.CumulativeSum(t[0], axis, reverse), expected, x);
    }

    [Fact]
    public void Axes_are_named_once_and_exist()
    {
        var x = new Graph().Input("x", DType.Float32, 2, 3);
        Assert.Throws<GraphException>(() => Ops.Sum(x, [1, -1]));
        Assert.Throws<GraphException>(() => Ops.Mean(x, [2]));
        Assert.Throws<GraphException>(() => Ops.ArgMax(x, -3));
    }
}
