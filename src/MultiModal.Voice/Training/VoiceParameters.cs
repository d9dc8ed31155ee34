using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Random;
using MultiModal.Runtime.Training;
using MultiModal.Runtime.Weights;
using MultiModal.Voice.Synthesis;
using MultiModal.Voice.Training.Networks;

namespace MultiModal.Voice.Training;

/// <summary>
/// The parameters of one network in training: what a stage trains, what it only reads, and what it does not look at but has to be kept. Weights are
/// named as in the checkpoint, norms apart.
/// </summary>
sealed class VoiceParameters
{
    VoiceParameters(ParameterSet trained, ParameterSet kept, IReadOnlyList<string> missing) => (Trained, Kept, Missing) = (trained, kept, missing);

    /// <summary>What is trained, in the graph's order.</summary>
    public ParameterSet Trained { get; }

    /// <summary>All others.</summary>
    public ParameterSet Kept { get; }

    /// <summary>What is only read, and was in no checkpoint: to begin anew with it makes no sense.</summary>
    public IReadOnlyList<string> Missing { get; }

    /// <summary>Everything, for a checkpoint.</summary>
    public IEnumerable<TrainableParameter> All => Kept.Concat(Trained);

    /// <summary>Takes what a checkpoint has and draws the rest.</summary>
    /// <param name="graph">The graph whose parameters they are.</param>
    /// <param name="others">What the names of parameters begin with that belong to another network in the graph; null for none.</param>
    /// <param name="isTrained">Whether a parameter is trained.</param>
    /// <param name="checkpoint">Where to begin; null for from scratch.</param>
    /// <param name="seed">The seed of what is drawn.</param>
    /// <exception cref="WeightMismatchException">A part of the network is there but incomplete, or a tensor has another shape.</exception>
    public static VoiceParameters Create(Graph graph, string? others, Func<string, bool> isTrained, IWeightSource? checkpoint, ulong seed)
    {
        var fresh = new ParameterSet();
        fresh.AddFresh(graph, new TorchRandom(seed), name => others is null || !name.StartsWith(others, StringComparison.Ordinal));
        InitialValues.Adjust(fresh);
        var (trained, kept) = (new ParameterSet(), new ParameterSet());
        if (checkpoint is not null)
        {
            // A whole part may be absent (a released model has no posterior) and is begun anew; half of one is a damaged file.
            var parts = checkpoint.Names.Select(Part).ToHashSet(StringComparer.Ordinal);
            WeightMatching.Check(checkpoint, fresh.Where(p => parts.Contains(Part(p.Name))).Select(p => (p.Name, p.Value.Dimensions)), "{all*}");
        }

        foreach (var parameter in fresh)
            (isTrained(parameter.Name) ? trained : kept).Add(parameter.Name, checkpoint?.Find(parameter.Name)?.ToFloat32() ?? parameter.Value);
        foreach (var name in checkpoint?.Names ?? [])
            if (!fresh.TryGet(name, out _) && checkpoint!.Find(name)!.Type is DType.Float32 or DType.Float16 or DType.BFloat16) kept.Add(name, checkpoint.Find(name)!.ToFloat32());
        return new(trained, kept, [.. fresh.Select(p => p.Name).Where(n => !isTrained(n) && checkpoint?.Find(n) is null)]);
    }

    static string Part(string name) => name.Split('.')[0];
}
