using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace MultiModal.Pipeline.Composition;

/// <summary>What stands around a step: its gate, its repetitions, its time limit.</summary>
internal sealed record StepGuard(StepGate? Gate, ResiliencePipeline? Resilience, TimeSpan? Timeout)
{
    public static StepGuard None { get; } = new(null, null, null);

    public bool IsNone => Gate is null && Resilience is null;

    public static StepGuard Of(StepInfo step, StepOptions options, TimeProvider time)
    {
        var gate = options.MaxConcurrency is { } concurrency ? new StepGate(concurrency, options.QueueCapacity ?? concurrency) : null;
        if (options is { Retries: 0, Timeout: null, ConfigureResilience: null })
            return gate is null ? None : new(gate, null, null);
        var builder = new ResiliencePipelineBuilder { Name = step.Name, TimeProvider = time };
        if (options.Retries > 0)
            builder.AddRetry(Retry(options));
        options.ConfigureResilience?.Invoke(builder);
        if (options.Timeout is { } timeout)
            builder.AddTimeout(timeout);
        return new(gate, builder.Build(), options.Timeout);
    }

    static RetryStrategyOptions Retry(StepOptions options)
    {
        var retry = new RetryStrategyOptions
        {
            MaxRetryAttempts = options.Retries,
            Delay = options.RetryDelay,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = options.RetryDelay > TimeSpan.Zero,
        };
        if (options.RetryOn is { } worth)
            retry.ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Exception is { } error and not OperationCanceledException && worth(Named(error)));
        return retry;
    }

    /// <summary>Polly's error for a time limit as the one that everybody knows.</summary>
    static Exception Named(Exception error) => error is TimeoutRejectedException late ? new TimeoutException(late.Message, late) : error;
}
