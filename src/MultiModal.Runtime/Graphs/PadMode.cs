namespace MultiModal.Runtime.Graphs;

/// <summary>What padding adds around a tensor.</summary>
public enum PadMode
{
    /// <summary>Zeros.</summary>
    Zero,

    /// <summary>The elements mirrored at the border, which itself is not repeated.</summary>
    Reflect,

    /// <summary>The border element again.</summary>
    Edge,
}
