using MultiModal.Runtime.Graphs;

namespace MultiModal.Runtime.Tests.Graphs.Operators;

public class ConvolutionTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 24)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Convolution_equals_its_sum(int seed)
    {
        var c = new Case(seed, transposed: false);
        var expected = Nd.Of([c.Batch, c.Out, .. c.Lengths((n, a) => ((n + c.Padding[a] + c.Padding[a + c.Axes] - c.Reach(a)) / c.Stride[a]) + 1)], o =>
        {
            var group = o[1] / (c.Out / c.Groups);
            var sum = c.Bias[o[1]];
            foreach (var k in Nd.Indices([c.In / c.Groups, .. c.Kernel]))
            {
                long[] at = [o[0], (group * (c.In / c.Groups)) + k[0], .. Enumerable.Range(0, c.Axes).Select(a => (o[a + 2] * c.Stride[a]) - c.Padding[a] + (k[a + 1] * c.Dilation[a]))];
                sum += c.X.Or(0, at) * c.Weight[[o[1], .. k]];
            }

            return sum;
        });
        OperatorCheck.Equal(
            c.ToString(), t => Ops.Conv(t[0], t[1], t[2], c.Stride, c.Padding, c.Dilation, c.Groups), expected,
            (input, axis) => input == 0 && axis != 1, c.X, c.Weight, c.Bias);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Transposed_convolution_spreads_each_element(int seed)
    {
        var c = new Case(seed, transposed: true);
        var expected = Nd.Of(
            [c.Batch, c.Out, .. c.Lengths((n, a) => ((n - 1) * c.Stride[a]) + c.Reach(a) + c.OutputPadding[a] - c.Padding[a] - c.Padding[a + c.Axes])],
            o => c.Bias[o[1]]);
        foreach (var i in Nd.Indices(c.X.Shape))
        {
            foreach (var k in Nd.Indices([c.Out / c.Groups, .. c.Kernel]))
            {
                long[] at = [i[0], (i[1] / (c.In / c.Groups) * (c.Out / c.Groups)) + k[0], .. Enumerable.Range(0, c.Axes).Select(a => (i[a + 2] * c.Stride[a]) - c.Padding[a] + (k[a + 1] * c.Dilation[a]))];
                if (at.Select((v, axis) => v >= 0 && v < expected.Shape[axis]).All(inside => inside)) expected[at] += c.X[i] * c.Weight[[i[1], .. k]];
            }
        }

        OperatorCheck.Equal(
            c.ToString(), t => Ops.ConvTranspose(t[0], t[1], t[2], c.Stride, c.Padding, c.OutputPadding, c.Dilation, c.Groups), expected,
            (input, axis) => input == 0 && axis != 1, c.X, c.Weight, c.Bias);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Pooling_takes_mean_and_maximum_of_windows(int seed)
    {
        var c = new Case(seed, transposed: false);
        int[] padding = [.. c.Padding.Select((p, i) => Math.Min(p, (int)c.Kernel[i % c.Axes] / 2))];
        long[] shape = [c.Batch, c.In, .. c.Lengths((n, a) => ((n + padding[a] + padding[a + c.Axes] - c.Kernel[a]) / c.Stride[a]) + 1)];
        double[] Window(long[] o, double outside) =>
        [
            .. Nd.Indices([.. c.Kernel]).Select(k => c.X.Or(outside, [o[0], o[1], .. Enumerable.Range(0, c.Axes).Select(a => (o[a + 2] * c.Stride[a]) - padding[a] + k[a])])),
        ];
        int[] kernel = [.. c.Kernel.Select(k => (int)k)];
        static bool Symbolic(int input, int axis) => true;
        OperatorCheck.Equal($"maximum, {c}", t => Ops.MaxPool(t[0], kernel, c.Stride, padding), Nd.Of(shape, o => Window(o, double.NegativeInfinity).Max()), Symbolic, c.X);
        OperatorCheck.Equal(
            $"mean, {c}", t => Ops.AveragePool(t[0], kernel, c.Stride, padding), Nd.Of(shape, o => Window(o, double.NaN).Where(v => !double.IsNaN(v)).Average()), Symbolic, c.X);
        OperatorCheck.Equal(
            $"mean with padding, {c}", t => Ops.AveragePool(t[0], kernel, c.Stride, padding, countPadding: true), Nd.Of(shape, o => Window(o, 0).Average()), Symbolic, c.X);
    }

    [Fact]
    public void Lengths_follow_the_symbols()
    {
        var graph = new Graph();
        Dim h = "h";
        var x = graph.Input("x", DType.Float32, 1, 4, 8 * h, "w");
        var half = Ops.Conv(x, graph.Parameter("w1", DType.Float32, 4, 4, 3, 3), stride: [2], padding: [1]);
        Assert.Equal(4 * h, half.Shape[2]);
        Assert.Equal((Dim.Symbol("w") + 1) / 2, half.Shape[3]);
        var back = Ops.ConvTranspose(half, graph.Parameter("w2", DType.Float32, 4, 4, 4, 4), stride: [2], padding: [1]);
        Assert.Equal(8 * h, back.Shape[2]);
        graph.Output("half", half);
        graph.Output("back", back);
        using var weights = new RandomWeights(graph, 3);
        foreach (var (height, width) in ((long, long)[])[(1, 5), (2, 8), (3, 1)])
            Assert.Equal(2, GraphRun.Run(graph, weights, false, TensorData.Zeros(DType.Float32, 1, 4, 8 * height, width)).Length);
    }

    [Fact]
    public void What_does_not_fit_is_an_error()
    {
        var graph = new Graph();
        var x = graph.Input("x", DType.Float32, 1, 4, 5);
        Tensor W(params ReadOnlySpan<Dim> shape) => graph.Parameter($"w{graph.Parameters.Count}", DType.Float32, shape);
        Assert.Contains("channels", Assert.Throws<GraphException>(() => Ops.Conv(x, W(8, 3, 3))).Message, StringComparison.Ordinal);
        Assert.Contains("nothing is left", Assert.Throws<GraphException>(() => Ops.Conv(x, W(8, 4, 6))).Message, StringComparison.Ordinal);
        Assert.Contains("nothing is left", Assert.Throws<GraphException>(() => Ops.Conv(x, W(8, 4, 8), stride: [4])).Message, StringComparison.Ordinal);
        Assert.Contains("rank", Assert.Throws<GraphException>(() => Ops.Conv(x, W(8, 4, 3, 3))).Message, StringComparison.Ordinal);
        Assert.Contains("bias", Assert.Throws<GraphException>(() => Ops.Conv(x, W(8, 4, 3), W(4))).Message, StringComparison.Ordinal);
        Assert.Contains("groups", Assert.Throws<GraphException>(() => Ops.Conv(x, W(3, 2, 3), groups: 2)).Message.Replace("group(s)", "groups"), StringComparison.Ordinal);
        Assert.Contains("1 or more", Assert.Throws<GraphException>(() => Ops.Conv(x, W(8, 4, 3), stride: [0])).Message, StringComparison.Ordinal);
        Assert.Contains("spatial axes", Assert.Throws<GraphException>(() => Ops.Conv(x, W(8, 4, 3), padding: [1, 2, 3])).Message, StringComparison.Ordinal);
        Assert.Throws<GraphException>(() => Ops.ConvTranspose(x, W(3, 4, 3)));
        Assert.Throws<GraphException>(() => Ops.MaxPool(x, [6]));
    }

    /// <summary>Random dimensions in which something comes out.</summary>
    sealed class Case
    {
        public Case(int seed, bool transposed)
        {
            Seed = seed;
            var random = new System.Random(seed);
            Axes = 1 + (seed % 2);
            Groups = random.Next(1, 4);
            (Batch, In, Out) = (random.Next(1, 3), Groups * random.Next(1, 4), Groups * random.Next(1, 4));
            int[] Draw(int count, int from, int to) => [.. Enumerable.Range(0, count).Select(_ => random.Next(from, to))];
            Kernel = [.. Draw(Axes, 1, 5).Select(k => (long)k)];
            Stride = Draw(Axes, 1, 4);
            Dilation = Draw(Axes, 1, 3);
            Padding = [.. Draw(2 * Axes, 0, 3).Select((p, i) => Math.Min(p, (int)Reach(i % Axes) - 1))];
            OutputPadding = [.. Draw(Axes, 0, 3).Select((p, a) => Math.Min(p, Stride[a] - 1))];
            X = Nd.Random(seed, [Batch, In, .. Draw(Axes, 0, 6).Select((n, a) => Reach(a) + n)]);
            Weight = Nd.Random(seed + 1, transposed ? [In, Out / Groups, .. Kernel] : [Out, In / Groups, .. Kernel]);
            Bias = Nd.Random(seed + 2, Out);
        }

        public int Seed { get; }

        public int Axes { get; }

        public int Groups { get; }

        public long Batch { get; }

        public long In { get; }

        public long Out { get; }

        public long[] Kernel { get; }

        public int[] Stride { get; }

        public int[] Dilation { get; }

        public int[] Padding { get; }

        public int[] OutputPadding { get; }

        public Nd X { get; }

        public Nd Weight { get; }

        public Nd Bias { get; }

        public long Reach(int axis) => ((Kernel[axis] - 1) * Dilation[axis]) + 1;

        public IEnumerable<long> Lengths(Func<long, int, long> rule) => Enumerable.Range(0, Axes).Select(a => rule(X.Shape[a + 2], a));

        public override string ToString() => $"seed {Seed}, {Axes} axes, kernel {string.Join('x', Kernel)}, stride {string.Join('x', Stride)}, {Groups} groups";
    }
}
