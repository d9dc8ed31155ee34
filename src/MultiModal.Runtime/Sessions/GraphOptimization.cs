namespace MultiModal.Runtime.Sessions;

/// <summary>How much ONNX Runtime rewrites a graph before it runs it.</summary>
public enum GraphOptimization
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Only what keeps the standard operators: constant folding, redundant nodes.</summary>
    Basic,

    /// <summary>Also fusions into operators of the runtime's own.</summary>
    Extended,

    /// <summary>Also changes of the memory layout.</summary>
    All,
}
