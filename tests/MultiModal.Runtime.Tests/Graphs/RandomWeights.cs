using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Weights;

namespace MultiModal.Runtime.Tests.Graphs;

/// <summary>Values for all parameters of a graph, the same for the same names and seed.</summary>
sealed class RandomWeights(Graph graph, int seed) : IWeightSource
{
    public string Name => $"seed {seed}";

    public IReadOnlyCollection<string> Names => [.. graph.Parameters.Keys];

    public WeightTensor? Find(string name) =>
        graph.Parameters.TryGetValue(name, out var parameter) ? new Made(name, parameter.Shape.ToLongs(), seed) : null;

    public void Dispose()
    {
    }

    sealed class Made(string name, long[] shape, int seed) : WeightTensor(name, DType.Float32, shape)
    {
        public override void CopyTo(Span<byte> destination)
        {
            var own = Name.Aggregate(seed, (hash, c) => unchecked((hash * 31) + c));
            Nd.Random(own, shape).ToTensor().Bytes.CopyTo(Destination(destination));
        }
    }
}
