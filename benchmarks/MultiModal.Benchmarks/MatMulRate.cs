using System.Diagnostics;
using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Onnx;
using MultiModal.Runtime.Sessions;

namespace MultiModal.Benchmarks;

/// <summary>What this machine computes at best: a plain float32 matrix product of 2048^3 in the same process and on the same threads.</summary>
sealed class MatMulRate : IDisposable
{
    const int Size = 2048;
    readonly NetworkSession session;
    readonly SessionBinding binding;
    readonly List<double> rates = [];

    MatMulRate(NetworkSession session, SessionBinding binding)
    {
        this.session = session;
        this.binding = binding;
    }

    /// <summary>Operations a second, the median of all measurements so far.</summary>
    public double Median => rates.Order().ElementAt(rates.Count / 2);

    public static async Task<MatMulRate> CreateAsync(RuntimeOptions options)
    {
        var graph = new Graph();
        graph.Output("c", Ops.MatMul(graph.Input("a", DType.Float32, Size, Size), graph.Input("b", DType.Float32, Size, Size)));
        var session = await NetworkSession.CreateAsync(OnnxWriter.Write(graph), options);
        var values = new float[Size * Size];
        for (var i = 0; i < values.Length; i++) values[i] = (i % 17) * 0.01f;
        var binding = session.CreateBinding();
        binding.SetInput("a", TensorData.Of(values, Size, Size));
        binding.SetInput("b", TensorData.Of((float[])values.Clone(), Size, Size));
        binding.SetOutput("c", TensorData.Zeros(DType.Float32, Size, Size));
        binding.Run();
        return new(session, binding);
    }

    /// <summary>Measures some times more.</summary>
    public void Measure(int times = 5)
    {
        for (var i = 0; i < times; i++)
        {
            var clock = Stopwatch.StartNew();
            binding.Run();
            rates.Add(2.0 * Size * Size * Size / clock.Elapsed.TotalSeconds);
        }
    }

    public void Dispose()
    {
        binding.Dispose();
        session.Dispose();
    }
}
