using MultiModal.Runtime.Graphs;
using MultiModal.Testing;

namespace MultiModal.Runtime.Tests.Graphs.Operators;

/// <summary>Compares what an operator gives on ONNX Runtime with a formula, with the lengths of its inputs known and with symbols for them.</summary>
static class OperatorCheck
{
    public const double Tolerance = 1e-5;

    /// <summary>Runs an operator of float inputs twice: shapes as numbers, and with a symbol for each length above 1 (the same for equal ones).</summary>
    /// <param name="label">What the message says: operator and seed.</param>
    /// <param name="build">The operator.</param>
    /// <param name="expected">What comes out.</param>
    /// <param name="inputs">What goes in.</param>
    public static void Equal(string label, Func<Tensor[], Tensor> build, Nd expected, params ReadOnlySpan<Nd> inputs)
    {
        Run(label, build, expected, (_, _) => false, inputs);
        Run($"{label}, symbolic", build, expected, (_, _) => true, inputs);
    }

    /// <summary>The same with symbols at chosen axes of the inputs only.</summary>
    public static void Equal(string label, Func<Tensor[], Tensor> build, Nd expected, Func<int, int, bool> symbolic, params ReadOnlySpan<Nd> inputs)
    {
        Run(label, build, expected, (_, _) => false, inputs);
        Run($"{label}, symbolic", build, expected, symbolic, inputs);
    }

    static void Run(string label, Func<Tensor[], Tensor> build, Nd expected, Func<int, int, bool> symbolic, ReadOnlySpan<Nd> inputs)
    {
        var graph = new Graph();
        var tensors = new Tensor[inputs.Length];
        var feeds = new TensorData[inputs.Length];
        for (var i = 0; i < inputs.Length; i++)
        {
            var number = i;
            feeds[i] = inputs[i].ToTensor();
            tensors[i] = graph.Input(
                $"input{i}", DType.Float32, [.. inputs[i].Shape.Select((length, axis) => length > 1 && symbolic(number, axis) ? Dim.Symbol($"n{length}") : length)]);
        }

        graph.Output("result", build(tensors));
        var actual = GraphRun.Run(graph, feeds)[0];
        Assert.True(expected.Shape.SequenceEqual(actual.Dimensions), $"{label}: expected [{string.Join(", ", expected.Shape)}], got {actual}.");
        Compare.Close(Compare.Widen(expected.ToTensor()), Compare.Widen(actual), Tolerance, label);
    }
}
