using System.Globalization;
using MultiModal.Runtime.Weights;

namespace MultiModal.Diffusion.Adapters;

/// <summary>The adapters of a request, laid out for a model: what each of its weights gains. Immutable.</summary>
sealed class LoraSet
{
    readonly Dictionary<string, IReadOnlyDictionary<string, IWeightEdit>> edits;

    LoraSet(string key, Dictionary<string, IReadOnlyDictionary<string, IWeightEdit>> edits, IReadOnlyList<LoraMatch> matches, IReadOnlyList<LoraWeights> weights) =>
        (Key, this.edits, Matches, Weights) = (key, edits, matches, weights);

    /// <summary>The same for sets that change the same in the same way.</summary>
    public string Key { get; }

    /// <summary>What each adapter found in the model.</summary>
    public IReadOnlyList<LoraMatch> Matches { get; }

    /// <summary>The adapters, each once.</summary>
    public IReadOnlyList<LoraWeights> Weights { get; }

    /// <summary>The changes of a component ("unet", "text_encoder", "text_encoder_2") by the names of its weights; empty where there are none.</summary>
    public IReadOnlyDictionary<string, IWeightEdit> EditsOf(string component) => edits.GetValueOrDefault(component) ?? new Dictionary<string, IWeightEdit>();

    /// <summary>What identifies adapters with their weights.</summary>
    public static string KeyOf(IEnumerable<LoraUse> uses) => string.Join('|', uses.Where(IsFelt).Select(u =>
        string.Create(CultureInfo.InvariantCulture, $"{u.Weights.Id}:{u.Scale:R}:{u.TextScale ?? u.Scale:R}:{u.MaximumRank}:{u.Blocks?.Key}")));

    /// <summary>Lays adapters out.</summary>
    /// <param name="uses">The adapters.</param>
    /// <param name="targets">The model's layers.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Null where nothing changes anything.</returns>
    /// <exception cref="InvalidFileException">A file's tensors do not make a change of the layer they are for.</exception>
    /// <exception cref="WeightMismatchException">Nothing of an adapter has a place in the model, or not everything of one that has to.</exception>
    public static LoraSet? Of(IReadOnlyList<LoraUse> uses, LoraTargets targets, CancellationToken cancellationToken)
    {
        var changes = new Dictionary<string, Dictionary<string, IWeightEdit>>(StringComparer.Ordinal);
        var matches = new List<LoraMatch>();
        foreach (var use in uses.Where(IsFelt))
        {
            matches.Add(Match(use.Weights, targets));
            Check(use, matches[^1]);
            foreach (var module in use.Weights.Modules)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (targets.Find(module.Layer) is not { } target || use.StrengthAt(target) is not (not 0 and var strength)) continue;
                if (module.HasWeight && target.Weight is { } shape && module.ForWeight(shape, use.MaximumRank) is { } delta) EditOf(target.Component, target.WeightName).Add(delta, strength);
                if (module.HasBias && target.Bias is { } length && module.ForBias(length) is { } bias) EditOf(target.Component, target.BiasName).Add(bias, strength);
            }
        }

        return changes.Count == 0 ? null
            : new(KeyOf(uses), changes.ToDictionary(c => c.Key, c => (IReadOnlyDictionary<string, IWeightEdit>)c.Value, StringComparer.Ordinal), matches, [.. uses.Where(IsFelt).Select(u => u.Weights).Distinct()]);

        LoraEdit EditOf(string component, string name)
        {
            if (!changes.TryGetValue(component, out var own)) changes[component] = own = new(StringComparer.Ordinal);
            if (!own.TryGetValue(name, out var edit)) own[name] = edit = new LoraEdit();
            return (LoraEdit)edit;
        }
    }

    /// <summary>Compares an adapter with a model.</summary>
    public static LoraMatch Match(LoraWeights weights, LoraTargets targets)
    {
        var (layers, unmatched) = (new Dictionary<string, int>(), new List<string>());
        foreach (var module in weights.Modules)
        {
            if (targets.Find(module.Layer) is { } target && module.Fits(target)) layers[target.Component] = layers.GetValueOrDefault(target.Component) + 1;
            else unmatched.AddRange(module.Names);
        }

        unmatched.AddRange(weights.UnknownKeys);
        return new(weights.Name, layers, unmatched);
    }

    /// <exception cref="WeightMismatchException">As <see cref="Of"/> says, for adapters that may be laid out already.</exception>
    public void Check(IReadOnlyList<LoraUse> uses)
    {
        foreach (var (use, match) in uses.Where(IsFelt).Zip(Matches)) Check(use, match);
    }

    static void Check(LoraUse use, LoraMatch match)
    {
        if (match.LayerCount == 0 || (use.Strict && match.UnmatchedKeys.Count > 0)) throw new WeightMismatchException(use.Weights.Path, [], match.UnmatchedKeys, []);
    }

    static bool IsFelt(LoraUse use) => use.Scale != 0 || use.TextScale is not (null or 0);
}
