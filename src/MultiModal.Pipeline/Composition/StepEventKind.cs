namespace MultiModal.Pipeline.Composition;

/// <summary>What happened at a step.</summary>
public enum StepEventKind
{
    /// <summary>An item has come; it may still wait for its turn.</summary>
    Started,

    /// <summary>The step tells how far it is.</summary>
    Progress,

    /// <summary>An attempt failed and another begins.</summary>
    Retrying,

    /// <summary>One way failed and the next is taken.</summary>
    FellBack,

    /// <summary>The result was remembered.</summary>
    CacheHit,

    /// <summary>The step is done.</summary>
    Completed,

    /// <summary>The step failed, or was cancelled.</summary>
    Failed,
}
