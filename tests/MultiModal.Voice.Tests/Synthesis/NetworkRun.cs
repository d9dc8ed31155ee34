using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Onnx;
using MultiModal.Runtime.Graphs.Passes;
using MultiModal.Runtime.Sessions;
using MultiModal.Runtime.Weights;

namespace MultiModal.Voice.Tests.Synthesis;

/// <summary>Compiles a graph and runs it once.</summary>
static class NetworkRun
{
    public static async Task<IReadOnlyDictionary<string, TensorData>> RunAsync(Graph graph, IWeightSource weights, Dictionary<string, TensorData> inputs)
    {
        await using var session = await NetworkSession.CreateAsync(OnnxWriter.Write(graph.Optimise(), weights));
        return await session.RunAsync(inputs);
    }
}
