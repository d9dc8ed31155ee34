using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Onnx;
using MultiModal.Runtime.Graphs.Passes;
using MultiModal.Runtime.Sessions;
using MultiModal.Runtime.Training;

namespace MultiModal.Runtime.Tests.Training;

/// <summary>Compares gradients with central differences of the same graph.</summary>
static class GradientCheck
{
    /// <summary>Half the distance between two evaluations. Rounding moves the quotient by about 1e-6 / Step, curvature by Step^2.</summary>
    const float Step = 8e-3f;

    /// <summary>Of the largest gradient: ten times what those two add up to.</summary>
    const double Tolerance = 3e-3;

    /// <summary>Checks sum(f(inputs) * w) for random w with respect to every float input.</summary>
    /// <param name="name">What a failure calls the case.</param>
    /// <param name="build">The function.</param>
    /// <param name="inputs">Where it is evaluated.</param>
    public static async Task Run(string name, Func<Tensor[], Tensor> build, params TensorData[] inputs)
    {
        var (graph, given, value) = Forward(build, inputs);
        graph.Output("y", value);
        await using var forward = await NetworkSession.CreateAsync(OnnxWriter.Write(graph));
        var feeds = inputs.Select((data, i) => KeyValuePair.Create($"x{i}", data)).ToDictionary();
        var y = forward.Run(feeds)["y"];
        var weights = new System.Random(7);
        var w = Enumerable.Range(0, y.Length).Select(_ => (float)((weights.NextDouble() * 2) - 1)).ToArray();

        var (differentiated, leaves, result) = Forward(build, inputs);
        var wanted = Enumerable.Range(0, inputs.Length).Where(i => inputs[i].Type == DType.Float32).ToList();
        var seed = differentiated.Input("w", DType.Float32, [.. result.Shape]);
        var gradients = Gradients.Of([result], [seed], [.. wanted.Select(i => leaves[i])]);
        for (var i = 0; i < wanted.Count; i++) differentiated.Output($"g{wanted[i]}", gradients[i]);
        feeds["w"] = TensorData.Of(w, [.. y.Dimensions]);
        foreach (var passes in new[] { GraphPasses.None, TrainingPasses.Default })
        {
            await using var backward = await NetworkSession.CreateAsync(OnnxWriter.Write(differentiated.Optimise(passes)));
            var found = backward.Run(feeds);
            foreach (var i in wanted) Compare($"{name}, input {i}, {(passes.Count == 0 ? "no" : "all")} passes", forward, feeds, inputs[i], found[$"g{i}"], w);
        }
    }

    /// <summary>The operators that a case differentiates.</summary>
    public static IEnumerable<string> Operators(Func<Tensor[], Tensor> build, params TensorData[] inputs)
    {
        var (graph, _, value) = Forward(build, inputs);
        graph.Output("y", value);
        return graph.CountOperations().Keys;
    }

    static (Graph Graph, Tensor[] Inputs, Tensor Value) Forward(Func<Tensor[], Tensor> build, TensorData[] inputs)
    {
        var graph = new Graph();
        Tensor[] tensors = [.. inputs.Select((data, i) => graph.Input($"x{i}", data.Type, [.. data.Dimensions.Select(d => (Dim)d)]))];
        return (graph, tensors, build(tensors));
    }

    static void Compare(string name, NetworkSession forward, Dictionary<string, TensorData> feeds, TensorData x, TensorData gradient, float[] w)
    {
        Assert.Equal(x.Dimensions, gradient.Dimensions);
        var expected = new double[x.Length];
        var own = feeds.Where(f => f.Key != "w").ToDictionary();
        for (var i = 0; i < x.Length; i++)
        {
            var before = x.Floats[i];
            double Sum(float at)
            {
                x.Floats[i] = at;
                var y = forward.Run(own)["y"];
                var sum = 0.0;
                for (var k = 0; k < w.Length; k++) sum += (double)y.Floats[k] * w[k];
                return sum;
            }

            var (above, below) = (before + Step, before - Step);
            expected[i] = (Sum(above) - Sum(below)) / ((double)above - below);
            x.Floats[i] = before;
        }

        var scale = Math.Max(1, expected.Max(Math.Abs));
        for (var i = 0; i < expected.Length; i++)
            Assert.True(
                Math.Abs(expected[i] - gradient.Floats[i]) <= Tolerance * scale,
                $"{name}: element {i} of {x} has the gradient {gradient.Floats[i]}, and the slope is {expected[i]}.");
    }
}
