namespace MultiModal.Runtime.Weights.Maps;

/// <summary>One line of a <see cref="WeightMap"/>.</summary>
sealed record MapRule(MapRuleKind Kind, NamePattern Source, NamePattern[] Targets);

/// <summary>What a rule does with the tensors of its pattern.</summary>
enum MapRuleKind
{
    Rename,
    Drop,
    Split,
    Transpose,
    Squeeze,
}
