using System.Runtime.InteropServices;
using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Weights;

namespace MultiModal.Benchmarks.Graphs;

/// <summary>Weights of the size that keeps activations of the order of 1: uniform, scaled by the number of inputs.</summary>
sealed class GeneratedWeights(Graph graph) : IWeightSource
{
    public string Name => "generated weights";

    public IReadOnlyCollection<string> Names => [.. graph.Parameters.Keys];

    public WeightTensor? Find(string name) =>
        graph.Parameters.TryGetValue(name, out var parameter) ? new Generated(name, parameter.Shape.ToLongs()) : null;

    public void Dispose()
    {
    }

    sealed class Generated(string name, long[] shape) : WeightTensor(name, DType.Float32, shape)
    {
        public override void CopyTo(Span<byte> destination)
        {
            var random = new Random(Name.Length);
            var scale = Dimensions.Count == 1 ? 1f : MathF.Sqrt(3f * Dimensions[0] / Length);
            foreach (ref var value in MemoryMarshal.Cast<byte, float>(Destination(destination))) value = ((random.NextSingle() * 2) - 1) * scale;
        }
    }
}
