using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Onnx;
using MultiModal.Runtime.Graphs.Passes;
using MultiModal.Runtime.Sessions;
using MultiModal.Runtime.Weights;
using MultiModal.Voice.Synthesis;

namespace MultiModal.Voice.Pitch;

/// <summary>Opens the files of pitch networks.</summary>
static class PitchNetworkFile
{
    /// <summary>Opens weights that may lie under "model" or bare: files of one name come in both layouts.</summary>
    /// <exception cref="InvalidFileException">The file is missing, damaged or of another format.</exception>
    public static IWeightSource Open(string path, string from)
    {
        if (!File.Exists(path)) throw new InvalidFileException(path, "the file is missing.", remedy: $"It is {from}.");
        var source = WeightFiles.Open(path);
        if (source.Names.Any(n => n.StartsWith("model.", StringComparison.Ordinal))) source = SvcCheckpoint.Within(source, "model.");
        return new WeightMap().MergeWeightNorm().Apply(source);
    }

    /// <summary>Compiles a network after making sure that the weights are its own.</summary>
    public static Task<NetworkSession> CompileAsync(Graph graph, IWeightSource weights, string name, RuntimeOptions? options, CancellationToken cancellationToken)
    {
        WeightMatching.Check(weights, graph.Parameters.Select(p => (p.Key, (IReadOnlyList<long>)p.Value.Shape.ToLongs())), "{all*}");
        return NetworkSession.CreateAsync(OnnxWriter.Write(graph.Optimise(), weights), options, name, cancellationToken: cancellationToken);
    }
}
