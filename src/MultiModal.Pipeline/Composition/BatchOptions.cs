namespace MultiModal.Pipeline.Composition;

/// <summary>How items are gathered into batches.</summary>
public sealed record BatchOptions
{
    /// <summary>How many items a batch has at most. Default 8.</summary>
    public int MaxSize { get; init; } = 8;

    /// <summary>How long the first item of a batch waits for others. Default: 20 ms.</summary>
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>How many batches run at once. While all of them run, the next batch goes on gathering. Default 1.</summary>
    public int MaxConcurrency { get; init; } = 1;

    /// <summary>How many items may wait, in the batch that gathers and behind it. Default: null, four batches.</summary>
    public int? QueueCapacity { get; init; }

    /// <summary>
    /// Whether a batch that failed is divided in halves until the items that make it fail are alone; the others get their results. Otherwise
    /// all items of the batch fail. Default true.
    /// </summary>
    public bool DivideOnFailure { get; init; } = true;
}
