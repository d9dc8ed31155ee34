using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Tests.Sessions;
using MultiModal.Runtime.Training.Backward;

namespace MultiModal.Runtime.Tests.Training;

[Collection(SessionCollection.Name)]
public class GradientTests
{
    /// <summary>A function and where it is evaluated.</summary>
    sealed record Case(Func<Tensor[], Tensor> Build, params TensorData[] Inputs);

    static readonly SortedDictionary<string, Case> Cases = new(StringComparer.Ordinal)
    {
        ["Add"] = new(t => t[0] + t[1], Random(1, 2, 3, 4), Random(2, 2, 3, 4)),
        ["Add, channels broadcast"] = new(t => t[0] + t[1], Random(1, 2, 3, 4), Random(2, 3, 1)),
        ["Add, both broadcast"] = new(t => t[0] + t[1], Random(1, 2, 1, 4), Random(2, 3, 1)),
        ["Add, a broadcast constant gradient"] = new(t => Ops.Mean(t[0] + t[1]), Random(1, 4, 1), Random(2, 4, 3)),
        ["Sub"] = new(t => t[0] - t[1], Random(1, 2, 3), Random(2, 3)),
        ["Mul"] = new(t => t[0] * t[1], Random(1, 2, 3, 2), Random(2, 3, 1)),
        ["Mul, a square"] = new(t => t[0] * t[0], Random(1, 7)),
        ["Div"] = new(t => t[0] / t[1], Random(1, 2, 3), Away(2, 1, 3)),
        ["Pow, a square"] = new(t => Ops.Pow(t[0], t[0].Graph.Constant(2f)), Random(1, 5)),
        ["Pow, a cube"] = new(t => Ops.Pow(t[0], t[0].Graph.Constant(3f)), Random(1, 5)),
        ["Pow, both"] = new(t => Ops.Pow(t[0], t[1]), Positive(1, 2, 3), Random(2, 3)),
        ["Mod"] = new(t => Ops.Mod(t[0] * 3f + 7.1f, t[1] + 2.03f), Spaced(1, 6), Spaced(2, 6)),
        ["Min"] = new(t => Ops.Min(t[0], t[1]), Spaced(1, 2, 4), Spaced(2, 4)),
        ["Max"] = new(t => Ops.Max(t[0], t[1]), Spaced(1, 2, 4), Spaced(2, 2, 1)),
        ["Where"] = new(t => Ops.Where(Ops.Greater(t[0], t[0].Like(0)), t[0], t[1]), Away(1, 2, 4), Random(2, 4)),
        ["Neg"] = new(t => -t[0], Random(1, 4)),
        ["Abs"] = new(t => Ops.Abs(t[0]), Away(1, 6)),
        ["Exp"] = new(t => Ops.Exp(t[0]), Random(1, 6)),
        ["Log"] = new(t => Ops.Log(t[0]), Positive(1, 6)),
        ["Sqrt"] = new(t => Ops.Sqrt(t[0]), Positive(1, 6)),
        ["Reciprocal"] = new(t => Ops.Reciprocal(t[0]), Away(1, 6)),
        ["Sin and Cos"] = new(t => Ops.Sin(t[0] * 3f) + Ops.Cos(t[0] * 2f), Random(1, 6)),
        ["Erf"] = new(t => Ops.Erf(t[0]), Random(1, 6)),
        ["Clip"] = new(t => Ops.Clip(t[0], -0.5f, 0.45f), Spaced(1, 12)),
        ["Cast"] = new(t => Ops.Cast(Ops.Cast(t[0], DType.Float64) * Ops.Cast(t[0], DType.Float64), DType.Float32), Random(1, 4)),
        ["Sigmoid"] = new(t => Ops.Sigmoid(t[0]), Random(1, 6)),
        ["Tanh"] = new(t => Ops.Tanh(t[0]), Random(1, 6)),
        ["Relu"] = new(t => Ops.Relu(t[0]), Away(1, 8)),
        ["LeakyRelu"] = new(t => Ops.LeakyRelu(t[0], 0.1f), Away(1, 8)),
        ["LeakyRelu, slope 1.5"] = new(t => Ops.LeakyRelu(t[0], 1.5f), Away(1, 8)),
        ["Elu"] = new(t => Ops.Elu(t[0], 0.7f), Away(1, 8)),
        ["Softplus"] = new(t => Ops.Softplus(t[0]), Random(1, 6)),
        ["Silu, GELU, Mish"] = new(t => Ops.Silu(t[0]) + Ops.Gelu(t[0]) + Ops.GeluTanh(t[0]) + Ops.QuickGelu(t[0]) + Ops.Mish(t[0]), Random(1, 6)),
        ["Softmax"] = new(t => Ops.Softmax(t[0], 1), Random(1, 2, 4, 3)),
        ["LogSoftmax"] = new(t => Ops.LogSoftmax(t[0]), Random(1, 2, 4)),
        ["MatMul"] = new(t => Ops.MatMul(t[0], t[1]), Random(1, 3, 4), Random(2, 4, 2)),
        ["MatMul, one matrix for many"] = new(t => Ops.MatMul(t[0], t[1]), Random(1, 2, 3, 4), Random(2, 4, 2)),
        ["MatMul, batches broadcast"] = new(t => Ops.MatMul(t[0], t[1]), Random(1, 2, 1, 3, 4), Random(2, 3, 4, 2)),
        ["MatMul, many for one matrix"] = new(t => Ops.MatMul(t[0], t[1]), Random(1, 3, 4), Random(2, 2, 4, 2)),
        ["Linear"] = new(t => Ops.Linear(t[0], t[1], t[2]), Random(1, 2, 3, 4), Random(2, 5, 4), Random(3, 5)),
        ["Gemm"] = new(t => Ops.Gemm(t[0], t[1], t[2], alpha: 0.5f, beta: 2f), Random(1, 3, 4), Random(2, 4, 2), Random(3, 2)),
        ["Gemm, both transposed"] = new(t => Ops.Gemm(t[0], t[1], t[2], true, true), Random(1, 4, 3), Random(2, 2, 4), Random(3, 3, 1)),
        ["Attention"] = new(t => Ops.Attention(t[0], t[1], t[2]), Random(1, 1, 2, 3, 4), Random(2, 1, 2, 5, 4), Random(3, 1, 2, 5, 3)),
        ["LayerNorm"] = new(t => Ops.LayerNorm(t[0], t[1], t[2]), Random(1, 2, 3, 6), Random(2, 6), Random(3, 6)),
        ["GroupNorm"] = new(t => Ops.GroupNorm(t[0], 2, t[1], t[2]), Random(1, 2, 4, 3, 2), Random(2, 4), Random(3, 4)),
        ["GroupNorm, twice, long rows"] = new(
            t => Ops.GroupNorm(Ops.Silu(Ops.GroupNorm(t[0], 2, t[1], t[2])), 2, t[1], t[2]), Random(1, 1, 2, 4, 5), Random(2, 2), Random(3, 2)),
        ["InstanceNorm"] = new(t => Ops.InstanceNorm(t[0], t[1], t[2]), Random(1, 2, 3, 5), Random(2, 3), Random(3, 3)),
        ["BatchNorm"] = new(t => Ops.BatchNorm(t[0], t[1], t[2], t[3], t[4]), Random(1, 2, 3, 4), Random(2, 3), Random(3, 3), Random(4, 3), Positive(5, 3)),
        ["AveragePool"] = new(t => Ops.AveragePool(t[0], [2, 3], [1, 2]), Random(1, 2, 2, 4, 6)),
        ["AveragePool, padded"] = new(t => Ops.AveragePool(t[0], [3], [2], [1]), Random(1, 2, 2, 7)),
        ["AveragePool, padding counted"] = new(t => Ops.AveragePool(t[0], [4], [2], [1, 2], countPadding: true), Random(1, 1, 2, 7)),
        ["MaxPool"] = new(t => Ops.MaxPool(t[0], [2, 2], [1, 2]), Spaced(1, 1, 2, 3, 4)),
        ["ReduceSum"] = new(t => Ops.Sum(t[0], [0, 2]), Random(1, 2, 3, 4)),
        ["ReduceMean"] = new(t => Ops.Mean(t[0], [-1], keep: true) * t[0], Random(1, 2, 3, 4)),
        ["ReduceMean, of all"] = new(t => Ops.Mean(t[0] * t[0]), Random(1, 2, 3)),
        ["ReduceMax and ReduceMin"] = new(t => Ops.ReduceMax(t[0], [1]) * Ops.ReduceMin(t[0], [1]), Spaced(1, 2, 5)),
        ["CumSum"] = new(t => Ops.CumulativeSum(t[0], 1) * Ops.CumulativeSum(t[0], 1, reverse: true), Random(1, 2, 5)),
        ["Reshape, Squeeze, Unsqueeze"] = new(t => Ops.Squeeze(Ops.Unsqueeze(Ops.Reshape(t[0], 6, 2), 0, -1), 0) * 2f, Random(1, 3, 4)),
        ["Expand"] = new(t => Ops.Expand(t[0], 2, 3, 4), Random(1, 3, 1)),
        ["Transpose"] = new(t => Ops.Transpose(t[0], 2, 0, 1), Random(1, 2, 3, 4)),
        ["Concat"] = new(t => Ops.Concat(1, t[0], t[1], t[0]), Random(1, 2, 3), Random(2, 2, 1)),
        ["Split"] = new(t => Ops.Split(t[0], 1, 1, 3, 2) is var parts ? parts[0] * Ops.Slice(parts[1], 1, 1, 2) : t[0], Random(1, 2, 6)),
        ["Slice"] = new(t => Ops.Slice(t[0], 1, 1, 4) * Ops.Slice(t[0], 1, 2, 5), Random(1, 2, 6)),
        ["Slice, in steps"] = new(t => Ops.Concat(0, Ops.Slice(t[0], 0, 1, 8, 3), Ops.Slice(t[0], 0, 0, null, 2)), Random(1, 9, 2)),
        ["Slice, backwards"] = new(t => Ops.Slice(t[0], 1, 0, step: -1), Random(1, 2, 5)),
        ["Pad, zeros"] = new(t => Ops.Pad(t[0], [1, 0], [0, 2]), Random(1, 2, 3)),
        ["Pad, cutting off"] = new(t => Ops.Pad(t[0], [-1, 1], [0, -2]), Random(1, 3, 4)),
        ["Pad, mirrored"] = new(t => Ops.Pad(t[0], [0, 2, 1], [0, 3, 0], PadMode.Reflect), Random(1, 2, 5, 3)),
        ["Pad, edges"] = new(t => Ops.Pad(t[0], [0, 2, 1], [0, 3, 0], PadMode.Edge), Random(1, 2, 5, 3)),
        ["Resize, whole factors"] = new(t => Ops.Resize(t[0], [6, 4]), Random(1, 1, 2, 3, 2)),
        ["Resize, nearest"] = new(t => Ops.Resize(t[0], [5, 3]), Random(1, 1, 2, 3, 4)),
        ["Resize, linear"] = new(t => Ops.Resize(t[0], [7, 3], linear: true), Random(1, 1, 2, 3, 4)),
        ["DepthToSpace"] = new(t => Ops.PixelShuffle(t[0], 2), Random(1, 1, 8, 2, 3)),
        ["DepthToSpace, block first"] = new(t => Ops.PixelShuffle(t[0], 2, blockFirst: true), Random(1, 1, 8, 2, 3)),
        ["Trilu"] = new(t => Ops.Triangle(t[0], upper: true, 1) + Ops.Triangle(t[0], upper: false), Random(1, 3, 4)),
        ["Gather, rows"] = new(t => Ops.Gather(t[0], t[1]), Random(1, 4, 3), Indices([0, 2, 2, 1, 0, 0], 2, 3)),
        ["Gather, middle axis"] = new(t => Ops.Gather(t[0], t[1], 1), Random(1, 2, 4, 3), Indices([3, 1, 3], 3)),
        ["GatherElements"] = new(t => Ops.GatherElements(t[0], t[1], 1), Random(1, 2, 4), Indices([3, 1, 1, 0, 0, 2], 2, 3)),
        ["ScatterElements"] = new(t => Ops.ScatterElements(t[0], t[2], t[1], 1), Random(1, 2, 4), Random(2, 2, 2), Indices([3, 1, 0, 2], 2, 2)),
        ["ScatterElements, adding"] = new(t => Ops.ScatterElements(t[0], t[2], t[1], 1, add: true), Random(1, 2, 4), Random(2, 2, 3), Indices([3, 1, 3, 0, 2, 2], 2, 3)),
        ["ScatterND"] = new(t => Ops.ScatterNd(t[0], t[2], t[1]), Random(1, 3, 4), Random(2, 2, 4), Indices([2, 0], 2, 1)),
        ["ScatterND, adding"] = new(t => Ops.ScatterNd(t[0], t[2], t[1], add: true), Random(1, 3, 4), Random(2, 3), Indices([2, 0, 1, 3, 0, 0], 3, 2)),
        ["TopK"] = new(t => Ops.TopK(t[0], 2).Values, Spaced(1, 2, 5)),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 24)];

    [Theory]
    [MemberData(nameof(Names))]
    public Task Gradient_is_the_slope(string name) => GradientCheck.Run(name, Cases[name].Build, Cases[name].Inputs);

    [Theory]
    [MemberData(nameof(Seeds))]
    public Task Gradient_of_a_convolution_is_the_slope(int seed)
    {
        var c = new ConvolutionCase(seed);
        return GradientCheck.Run(
            c.ToString(), t => Ops.Conv(t[0], t[1], t[2], c.Stride, c.Padding, c.Dilation, c.Groups),
            Random(seed, [c.Batch, c.In, .. c.Lengths]), Random(seed + 100, [c.Out, c.In / c.Groups, .. c.Kernel]), Random(seed + 200, c.Out));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public Task Gradient_of_a_transposed_convolution_is_the_slope(int seed)
    {
        var c = new ConvolutionCase(seed);
        int[] cut = [.. c.Padding.Select((p, i) => Math.Min(p, c.Dilation[i % c.Kernel.Length] * ((int)c.Kernel[i % c.Kernel.Length] - 1) / 2))];
        int[] extra = [.. c.Stride.Select(s => s - 1)];
        return GradientCheck.Run(
            c.ToString(), t => Ops.ConvTranspose(t[0], t[1], t[2], c.Stride, cut, extra, c.Dilation, c.Groups),
            Random(seed, [c.Batch, c.In, .. c.Kernel.Select(_ => 3L)]), Random(seed + 100, [c.In, c.Out / c.Groups, .. c.Kernel]), Random(seed + 200, c.Out));
    }

    [Fact]
    public void Every_operator_of_the_table_is_checked()
    {
        var seen = Cases.Values.SelectMany(c => GradientCheck.Operators(c.Build, c.Inputs)).ToHashSet();
        seen.UnionWith(["Conv", "ConvTranspose"]);
        Assert.Empty(GradientTable.Operators.Except(seen));
    }

    /// <summary>Numbers from -1 to 1.</summary>
    static TensorData Random(int seed, params ReadOnlySpan<long> shape) => Fill(seed, shape, u => (2 * u) - 1);

    /// <summary>Numbers from 0.5 to 1.5.</summary>
    static TensorData Positive(int seed, params ReadOnlySpan<long> shape) => Fill(seed, shape, u => u + 0.5);

    /// <summary>Numbers with a magnitude from 0.3 to 1.3: no kink at zero is near.</summary>
    static TensorData Away(int seed, params ReadOnlySpan<long> shape) => Fill(seed, shape, u => u < 0.5 ? -0.3 - (2 * u) : (2 * u) - 0.7);

    /// <summary>Multiples of 0.07 in random order, those of different seeds never equal: no tie is near.</summary>
    static TensorData Spaced(int seed, params ReadOnlySpan<long> shape)
    {
        var values = Enumerable.Range(0, (int)TensorData.ElementCount(shape)).Select(i => ((i - 4) * 0.07f) + (seed * 0.021f)).ToArray();
        new System.Random(seed).Shuffle(values);
        return TensorData.Of(values, shape);
    }

    static TensorData Indices(long[] values, params ReadOnlySpan<long> shape) => TensorData.Of(values, shape);

    static TensorData Fill(int seed, ReadOnlySpan<long> shape, Func<double, double> from)
    {
        var random = new System.Random(seed);
        var data = TensorData.Zeros(DType.Float32, shape);
        foreach (ref var value in data.Floats) value = (float)from(random.NextDouble());
        return data;
    }

    /// <summary>A convolution over one or two axes with everything drawn: groups, kernel, stride, dilation, uneven padding.</summary>
    sealed class ConvolutionCase
    {
        readonly int seed;

        public ConvolutionCase(int seed)
        {
            this.seed = seed;
            var random = new System.Random(seed);
            var axes = 1 + (seed % 2);
            Groups = random.Next(3) switch { 0 => 2, 1 => 1, _ => seed % 4 == 0 ? 3 : 1 };
            (Batch, In, Out) = (random.Next(1, 3), Groups * random.Next(1, 3), Groups * random.Next(1, 3));
            Kernel = [.. Enumerable.Range(0, axes).Select(_ => (long)random.Next(1, 4))];
            Stride = [.. Kernel.Select(_ => random.Next(2) == 0 ? 1 : random.Next(1, 4))];
            Dilation = [.. Kernel.Select(_ => random.Next(1, 3))];
            Padding = [.. Kernel.Concat(Kernel).Select(_ => random.Next(0, 4))];
            Lengths = [.. Kernel.Select((k, i) => ((k - 1) * Dilation[i]) + random.Next(1, 5))];
        }

        public long Batch { get; }

        public long In { get; }

        public long Out { get; }

        public int Groups { get; }

        public long[] Kernel { get; }

        public int[] Stride { get; }

        public int[] Dilation { get; }

        public int[] Padding { get; }

        public long[] Lengths { get; }

        public override string ToString() =>
            $"seed {seed}: [{Batch}, {In}, {string.Join(", ", Lengths)}] to {Out} channels in {Groups} groups, kernel {string.Join("x", Kernel)}, "
            + $"stride {string.Join("x", Stride)}, dilation {string.Join("x", Dilation)}, padding {string.Join(" ", Padding)}";
    }
}
