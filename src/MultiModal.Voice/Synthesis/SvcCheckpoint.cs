using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Weights;

namespace MultiModal.Voice.Synthesis;

/// <summary>Opens the checkpoint of a generator under the names the networks have.</summary>
static class SvcCheckpoint
{
    // The posterior is for training, filters are computed, and forks keep what they like beside the rest.
    static readonly string[] Surplus = ["{all*}"];

    /// <summary>Opens G_*.pth ({'model': ..., 'iteration': ...}), a bare state dict, or the same as .safetensors; weight norms are joined.</summary>
    /// <exception cref="InvalidFileException">The file is missing, damaged or of another format.</exception>
    public static IWeightSource Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path)) throw new InvalidFileException(path, "the file is missing.", remedy: "A model of So-VITS-SVC is a file G_<step>.pth with its config.json beside it.");
        var source = WeightFiles.Open(path);
        try
        {
            foreach (var prefix in (ReadOnlySpan<string>)["model.", "module.", "generator."])
                if (source.Names.Any(n => n.StartsWith(prefix, StringComparison.Ordinal)) && source.Find("emb_g.weight") is null) source = Within(source, prefix);
            return new WeightMap().MergeWeightNorm().Apply(source);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>The tensors under a prefix, named without it.</summary>
    internal static IWeightSource Within(IWeightSource source, string prefix) => new WeightMap().Rename(prefix + "{p*}", "{p*}").DropOthers().Apply(source);

    /// <summary>Makes sure that the weights are those of the networks: whatever inference needs, in its shape.</summary>
    /// <exception cref="WeightMismatchException">Tensors are missing or of other shapes.</exception>
    public static void Check(IWeightSource weights, SynthesizerConfig config)
    {
        List<Graph> graphs = [SynthesizerGraphs.Prior(config, false, config.VolumeEmbedding), SynthesizerGraphs.Decoder(config, false)];
        if (config.CanPredictPitch) graphs.Add(SynthesizerGraphs.Pitch(config, false, config.VolumeEmbedding));
        var expected = new Dictionary<string, IReadOnlyList<long>>(StringComparer.Ordinal);
        foreach (var (name, parameter) in graphs.SelectMany(g => g.Parameters)) expected[name] = parameter.Shape.ToLongs();
        WeightMatching.Check(weights, expected.Select(e => (e.Key, e.Value)), Surplus);
    }
}
