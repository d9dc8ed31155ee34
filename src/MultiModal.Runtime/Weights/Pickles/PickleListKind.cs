namespace MultiModal.Runtime.Weights.Pickles;

/// <summary>Which of Python's sequences a <see cref="PickleList"/> was.</summary>
public enum PickleListKind
{
    /// <summary>A list.</summary>
    List,

    /// <summary>A tuple (or torch.Size).</summary>
    Tuple,

    /// <summary>A set or frozenset, in the order written.</summary>
    Set,
}
