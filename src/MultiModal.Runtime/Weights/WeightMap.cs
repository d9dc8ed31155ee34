using MultiModal.Runtime.Weights.Maps;

namespace MultiModal.Runtime.Weights;

/// <summary>A table that says how the tensors of one layout are those of another: names, splits, transposes, weight norms.</summary>
/// <remarks>
/// <para>Patterns are plain text with {name} for a whole number and {name*} for any text; a target repeats them. The first rule that fits a
/// name decides; a name that none fits stays as it is. Weight norms are joined afterwards, under the new names.</para>
/// <code>
/// var map = new WeightMap()
///     .Rename("time_embed.0.{p*}", "time_embedding.linear_1.{p*}")
///     .Split("resblocks.{n}.attn.in_proj_{p*}", "layers.{n}.q_proj.{p*}", "layers.{n}.k_proj.{p*}", "layers.{n}.v_proj.{p*}")
///     .Transpose("text_projection", "text_projection.weight")
///     .MergeWeightNorm();
/// using var weights = map.Apply(WeightFiles.Open(path).Under("model."));
/// </code>
/// <para>A table is filled once and may then be applied from any thread.</para>
/// </remarks>
public sealed class WeightMap
{
    readonly List<MapRule> rules = [];

    // Patterns without placeholders fit one name: a table of hundreds of them is looked up, not walked through.
    readonly Dictionary<string, int> literal = new(StringComparer.Ordinal);
    readonly List<int> patterns = [];
    bool mergesWeightNorm;
    bool dropsOthers;

    /// <summary>Renames tensors.</summary>
    /// <param name="source">The pattern of names.</param>
    /// <param name="target">The new name.</param>
    /// <exception cref="ArgumentException">A pattern is malformed, or the target has a placeholder that the source has not.</exception>
    public WeightMap Rename(string source, string target) => Add(MapRuleKind.Rename, source, target);

    /// <summary>Leaves tensors out.</summary>
    /// <param name="source">The pattern of names.</param>
    public WeightMap Drop(string source) => Add(MapRuleKind.Drop, source);

    /// <summary>Leaves out every tensor that no rule fits.</summary>
    public WeightMap DropOthers()
    {
        dropsOthers = true;
        return this;
    }

    /// <summary>Cuts tensors along their first axis into equal parts.</summary>
    /// <param name="source">The pattern of names.</param>
    /// <param name="targets">The names of the parts, in their order.</param>
    public WeightMap Split(string source, params string[] targets) => Add(MapRuleKind.Split, source, targets);

    /// <summary>Exchanges the axes of matrices.</summary>
    /// <param name="source">The pattern of names.</param>
    /// <param name="target">The new name.</param>
    public WeightMap Transpose(string source, string target) => Add(MapRuleKind.Transpose, source, target);

    /// <summary>Makes matrices of the weights of 1x1 convolutions, [out, in, 1, 1] or [out, in, 1]. A matrix stays one.</summary>
    /// <param name="source">The pattern of names.</param>
    /// <param name="target">The new name.</param>
    public WeightMap Squeeze(string source, string target) => Add(MapRuleKind.Squeeze, source, target);

    /// <summary>
    /// Joins weights kept as length and direction, w = g * v / |v|: X.weight_g and X.weight_v, or X.parametrizations.weight.original0 and
    /// original1, become X.weight in float32.
    /// </summary>
    public WeightMap MergeWeightNorm()
    {
        mergesWeightNorm = true;
        return this;
    }

    /// <summary>Shows a source through the table. Nothing is read before a tensor is asked for.</summary>
    /// <param name="source">The source. Disposing the result disposes it.</param>
    /// <returns>The source in the other layout.</returns>
    /// <exception cref="InvalidFileException">
    /// Two tensors get one name, a tensor's shape is not one its rule can handle, or of a length and a direction one is missing.
    /// </exception>
    public IWeightSource Apply(IWeightSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        var mapped = new MappedWeights(source);
        foreach (var name in source.Names)
            ApplyRule(mapped, name, source.Get(name));
        if (mergesWeightNorm)
            mapped.MergeWeightNorm();
        return mapped;
    }

    void ApplyRule(MappedWeights mapped, string name, WeightTensor tensor)
    {
        if (Find(name) is not var (rule, values))
        {
            if (!dropsOthers)
                mapped.Add(name, tensor);
            return;
        }

        string Target(int index) => rule.Targets[index].Fill(values);
        switch (rule.Kind)
        {
            case MapRuleKind.Drop: break;
            case MapRuleKind.Split: mapped.AddParts(tensor, [.. rule.Targets.Select(target => target.Fill(values))]); break;
            case MapRuleKind.Rename: mapped.Add(Target(0), tensor); break;
            case MapRuleKind.Transpose: mapped.AddTransposed(Target(0), tensor); break;
            case MapRuleKind.Squeeze: mapped.AddSqueezed(Target(0), tensor); break;
        }
    }

    /// <summary>The first rule that fits a name.</summary>
    (MapRule Rule, Dictionary<string, string> Values)? Find(string name)
    {
        var exact = literal.TryGetValue(name, out var place) ? place : int.MaxValue;
        foreach (var index in patterns)
        {
            if (index > exact)
                break;
            if (rules[index].Source.Match(name) is { } values)
                return (rules[index], values);
        }

        return exact == int.MaxValue ? null : (rules[exact], []);
    }

    WeightMap Add(MapRuleKind kind, string source, params string[] targets)
    {
        var pattern = NamePattern.Parse(source);
        NamePattern[] results = [.. targets.Select(NamePattern.Parse)];
        foreach (var result in results)
        {
            if (result.Placeholders.Except(pattern.Placeholders, StringComparer.Ordinal).FirstOrDefault() is { } unknown)
                throw new ArgumentException($"'{source}' has no placeholder '{unknown}'.", nameof(targets));
        }

        if (kind == MapRuleKind.Split && results.Length == 0)
            throw new ArgumentException("A split needs the names of its parts.", nameof(targets));
        if (pattern.Placeholders.Any())
            patterns.Add(rules.Count);
        else
            literal.TryAdd(source, rules.Count);
        rules.Add(new(kind, pattern, results));
        return this;
    }
}
