using MultiModal.Runtime.Graphs;
using static MultiModal.Runtime.Training.Backward.GradientRule;

namespace MultiModal.Runtime.Training.Backward;

/// <summary>The table: operator to gradient. Y is the operator's result, G the gradient that has come to it.</summary>
static class GradientTable
{
    const float TwoOverRootPi = 1.1283791670955126f;

    static readonly Dictionary<string, GradientRule> Rules = new(StringComparer.Ordinal)
    {
        // Arithmetic
        ["Add"] = Pointwise(s => s.G, s => s.G),
        ["Sub"] = Pointwise(s => s.G, s => -s.G),
        ["Mul"] = Pointwise(s => s.G * s[1], s => s.G * s[0]),
        ["Div"] = Pointwise(s => s.G / s[1], s => -(s.G / s[1] * s.Y)),
        ["Pow"] = Pointwise(PowerRules.Base, s => s.G * s.Y * Ops.Log(s[0])),
        ["Mod"] = Pointwise(s => s.G, s => s.G * ((s.Y - s[0]) / s[1])),
        ["Min"] = Pointwise(s => s.G * Share(s[1] - s[0]), s => s.G * Share(s[0] - s[1])),
        ["Max"] = Pointwise(s => s.G * Share(s[0] - s[1]), s => s.G * Share(s[1] - s[0])),
        ["Where"] = Pointwise(null, s => Ops.Where(s[0], s.G, s.G.Like(0)), s => Ops.Where(s[0], s.G.Like(0), s.G)),
        ["Neg"] = Pointwise(s => -s.G),
        ["Abs"] = Pointwise(s => s.G * Ops.Sign(s[0])),
        ["Exp"] = Pointwise(s => s.G * s.Y),
        ["Log"] = Pointwise(s => s.G / s[0]),
        ["Sqrt"] = Pointwise(s => s.G * 0.5f / s.Y),
        ["Reciprocal"] = Pointwise(s => -(s.G * s.Y * s.Y)),
        ["Sin"] = Pointwise(s => s.G * Ops.Cos(s[0])),
        ["Cos"] = Pointwise(s => -(s.G * Ops.Sin(s[0]))),
        ["Erf"] = Pointwise(s => s.G * (Ops.Exp(-(s[0] * s[0])) * TwoOverRootPi)),
        ["Clip"] = Pointwise(s => s.G * Ops.Cast(Ops.Equal(s[0], s.Y), s.G.Type)),
        ["Cast"] = Pointwise(s => Ops.Cast(s.G, s[0].Type)),

        // Activations, by their results where these tell enough: then nothing else need be kept, and they still fuse with what precedes them.
        ["Sigmoid"] = Pointwise(s => s.G * (s.Y * (1f - s.Y))),
        ["Tanh"] = Pointwise(s => s.G * (1f - s.Y * s.Y)),
        ["Relu"] = Pointwise(s => s.G * Ops.Sign(s.Y)),
        ["LeakyRelu"] = Pointwise(ActivationRules.LeakyRelu),
        ["Elu"] = Pointwise(ActivationRules.Elu),
        ["Softplus"] = Pointwise(s => s.G * Ops.Sigmoid(s[0])),
        ["Softmax"] = Each(ActivationRules.Softmax),
        ["LogSoftmax"] = Each(ActivationRules.LogSoftmax),

        // Products
        ["MatMul"] = Each(ProductRules.Left, ProductRules.Right),
        ["Gemm"] = Each(ProductRules.GemmLeft, ProductRules.GemmRight, ProductRules.GemmAdded),
        ["Conv"] = Each(ConvolutionRules.ConvInput, ConvolutionRules.ConvWeight, ConvolutionRules.Bias),
        ["ConvTranspose"] = Each(ConvolutionRules.TransposedInput, ConvolutionRules.TransposedWeight, ConvolutionRules.Bias),
        ["AveragePool"] = Each(PoolingRules.Average),
        ["MaxPool"] = Each(PoolingRules.Maximum),
        ["BatchNormalization"] = Each(
            BatchNormRules.Input, BatchNormRules.Scale, BatchNormRules.Bias, BatchNormRules.Mean, BatchNormRules.Variance),

        // Reductions
        ["ReduceSum"] = Each(s => ReductionRules.Spread(s, s.G)),
        ["ReduceMean"] = Each(ReductionRules.Mean),
        ["ReduceMax"] = Each(ReductionRules.Extreme),
        ["ReduceMin"] = Each(ReductionRules.Extreme),
        ["CumSum"] = Each(s => Ops.CumulativeSum(s.Full, (int)s.Integers(1)![0], s.Attributes.Int("reverse") == 0)),

        // Shapes
        ["Reshape"] = Each(s => Ops.Reshape(s.Full, [.. s[0].Shape])),
        ["Unsqueeze"] = Each(s => Ops.Reshape(s.Full, [.. s[0].Shape])),
        ["Squeeze"] = Each(s => Ops.Reshape(s.Full, [.. s[0].Shape])),
        ["Expand"] = Each(s => Unbroadcast(s.Full, s.Y.Shape, s[0].Shape)),
        ["Transpose"] = Each(ShapeRules.Transpose),
        ["Concat"] = Any(ShapeRules.Concat),
        ["Split"] = Each(ShapeRules.Split),
        ["Slice"] = Each(ShapeRules.Slice),
        ["Pad"] = Each(PaddingRules.Pad),
        ["Resize"] = Each(ResizeRules.Resize),
        ["DepthToSpace"] = Each(ShapeRules.DepthToSpace),
        ["Trilu"] = Each(s => Ops.Triangle(s.Full, s.Attributes.Int("upper", 1) == 1, (int)s.Integers(1)![0])),

        // Indexing
        ["Gather"] = Each(IndexingRules.Gather),
        ["GatherElements"] = Each(s => IndexingRules.Scattered(s[0], s[1], s.Full, (int)s.Attributes.Int("axis"))),
        ["ScatterElements"] = Each(IndexingRules.ScatterBase, null, s => Ops.GatherElements(s.Full, s[1], (int)s.Attributes.Int("axis"))),
        ["ScatterND"] = Each(IndexingRules.ScatterNdBase, null, IndexingRules.ScatterNdUpdates),
        ["TopK"] = Each(s => IndexingRules.Scattered(s[0], s.Node.Outputs[1], s.Full, (int)s.Attributes.Int("axis"))),

        // Steps have no slope, and a stopped gradient is stopped.
        ["Identity"] = None, ["Sign"] = None, ["Floor"] = None, ["Ceil"] = None, ["Round"] = None,
        ["Equal"] = None, ["Less"] = None, ["LessOrEqual"] = None, ["Greater"] = None, ["GreaterOrEqual"] = None,
        ["Not"] = None, ["And"] = None, ["Or"] = None, ["Shape"] = None, ["ArgMax"] = None, ["Range"] = None,
    };

    /// <summary>The operators that have a gradient.</summary>
    public static IEnumerable<string> Operators => Rules.Where(rule => rule.Value != None).Select(rule => rule.Key);

    /// <summary>Whether a gradient goes on from a node to an input of it. Operators that are not in the table are assumed to have one: it is
    /// an error to come to them.</summary>
    public static bool Differentiates(Node node, int input) =>
        node.Domain.Length > 0 || !Rules.TryGetValue(node.Op, out var rule) || rule.Differentiates(input);

    /// <summary>The gradient of an input, broadcasting to its shape.</summary>
    public static Tensor Apply(GradientStep step, int input) =>
        step.Node.Domain.Length == 0 && Rules.TryGetValue(step.Node.Op, out var rule)
            ? rule.Apply(step, input)
            : throw new GraphException(
                "Gradients", $"there is no gradient of {step.Node.Op}: build it from other operators, or stop the gradient before it.", [.. step.Node.Inputs.OfType<Tensor>()]);

    /// <summary>Who wins: 1 where the difference is positive, 0 where it is negative, a half for equals.</summary>
    static Tensor Share(Tensor difference) => Ops.Sign(difference) * 0.5f + 0.5f;
}
