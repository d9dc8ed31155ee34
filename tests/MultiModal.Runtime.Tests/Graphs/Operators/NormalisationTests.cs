using MultiModal.Runtime.Graphs;

namespace MultiModal.Runtime.Tests.Graphs.Operators;

public class NormalisationTests
{
    const float Epsilon = 1e-3f;

    [Fact]
    public void Layer_normalisation_works_on_the_last_axis()
    {
        var (x, scale, bias) = (Nd.Random(1, 2, 3, 8), Nd.Random(2, 8), Nd.Random(3, 8));
        var normal = Normalise(x, (i, j) => i[0] == j[0] && i[1] == j[1]);
        OperatorCheck.Equal("affine", t => Ops.LayerNorm(t[0], t[1], t[2], Epsilon), Nd.Of(x.Shape, i => (normal[i] * scale[i[2]]) + bias[i[2]]), x, scale, bias);
        OperatorCheck.Equal("plain", t => Ops.LayerNorm(t[0], null, null, Epsilon), normal, x);
    }

    [Fact]
    public void Group_normalisation_works_on_groups_of_channels()
    {
        var (x, scale, bias) = (Nd.Random(4, 2, 6, 3, 5), Nd.Random(5, 6), Nd.Random(6, 6));
        var normal = Normalise(x, (i, j) => i[0] == j[0] && i[1] / 2 == j[1] / 2);
        OperatorCheck.Equal(
            "groups", t => Ops.GroupNorm(t[0], 3, t[1], t[2], Epsilon), Nd.Of(x.Shape, i => (normal[i] * scale[i[1]]) + bias[i[1]]),
            (input, axis) => input == 0 && axis != 1, x, scale, bias);
        Assert.Throws<GraphException>(() => Ops.GroupNorm(new Graph().Input("x", DType.Float32, 1, 6, 4), 4, null, null));
    }

    [Fact]
    public void Instance_normalisation_works_on_each_channel()
    {
        var (x, scale, bias) = (Nd.Random(7, 2, 3, 9), Nd.Random(8, 3), Nd.Random(9, 3));
        var normal = Normalise(x, (i, j) => i[0] == j[0] && i[1] == j[1]);
        OperatorCheck.Equal(
            "instances", t => Ops.InstanceNorm(t[0], t[1], t[2], Epsilon), Nd.Of(x.Shape, i => (normal[i] * scale[i[1]]) + bias[i[1]]),
            (input, axis) => input == 0 && axis != 1, x, scale, bias);
    }

    [Fact]
    public void Batch_normalisation_takes_its_statistics_as_they_are()
    {
        var (x, scale, bias, mean, variance) = (Nd.Random(10, 2, 3, 4), Nd.Random(11, 3), Nd.Random(12, 3), Nd.Random(13, 3), Nd.Random(14, 3).Map(Math.Abs));
        var expected = Nd.Of(x.Shape, i => ((x[i] - mean[i[1]]) / Math.Sqrt(variance[i[1]] + Epsilon) * scale[i[1]]) + bias[i[1]]);
        OperatorCheck.Equal(
            "batch", t => Ops.BatchNorm(t[0], t[1], t[2], t[3], t[4], Epsilon), expected, (input, axis) => input == 0 && axis != 1, x, scale, bias, mean, variance);
    }

    static Nd Normalise(Nd x, Func<long[], long[], bool> together) => Nd.Of(x.Shape, i =>
    {
        double[] group = [.. Nd.Indices(x.Shape).Where(j => together(i, j)).Select(j => x[j])];
        var mean = group.Average();
        return (x[i] - mean) / Math.Sqrt(group.Average(v => (v - mean) * (v - mean)) + Epsilon);
    });
}
