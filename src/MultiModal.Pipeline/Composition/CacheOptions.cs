namespace MultiModal.Pipeline.Composition;

/// <summary>How results are remembered.</summary>
public sealed record CacheOptions
{
    /// <summary>How many results are kept; the one not asked for longest goes first. Default 1000.</summary>
    public int Capacity { get; init; } = 1000;

    /// <summary>How long a result is good. Default: null, for ever.</summary>
    public TimeSpan? Lifetime { get; init; }
}
