namespace MultiModal.Pipeline.Composition;

/// <summary>How many items are run.</summary>
public sealed record ManyOptions
{
    /// <summary>
    /// How many items are under way or wait to be taken by the caller; the source is asked for no more than that. Default: null, 64, or
    /// what fills every batch of the pipeline twice.
    /// </summary>
    public int? MaxInFlight { get; init; }

    /// <summary>Whether results come in the order of the items; otherwise as they are done. Default true.</summary>
    public bool InOrder { get; init; } = true;

    /// <summary>Hears what happens at each step, from many threads at once. Default: null.</summary>
    public IProgress<StepEvent>? Progress { get; init; }
}
