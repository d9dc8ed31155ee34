using Polly;

namespace MultiModal.Pipeline.Composition;

/// <summary>How a step is carried out.</summary>
public sealed record StepOptions
{
    /// <summary>How many items the step works on at once, over all runs of the pipeline. Default: null, any number.</summary>
    public int? MaxConcurrency { get; init; }

    /// <summary>
    /// How many items may wait for the step. Where the queue is full, an item keeps its place in the step before, so that a slow step slows
    /// down what feeds it instead of gathering items. Default: null, as many as <see cref="MaxConcurrency"/>.
    /// </summary>
    public int? QueueCapacity { get; init; }

    /// <summary>How long an attempt may take; waiting does not count. Default: null, any time.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How often a failed attempt is repeated. Default 0.</summary>
    public int Retries { get; init; }

    /// <summary>How long the first repetition waits; each further one twice as long, a little scattered. Default: half a second.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Which failures are worth a repetition. Default: null, all but cancellation.</summary>
    public Func<Exception, bool>? RetryOn { get; init; }

    /// <summary>Further strategies of Polly, inside of repetitions and outside of the time limit: circuit breaker, hedging, rate limit. Default: null, none.</summary>
    public Action<ResiliencePipelineBuilder>? ConfigureResilience { get; init; }
}
