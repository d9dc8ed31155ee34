using System.Collections.Concurrent;
using Polly;
using Polly.CircuitBreaker;
using Polly.Hedging;
using Polly.Retry;
using Polly.Timeout;

namespace MultiModal.Jimeng.Http;

/// <summary>
/// The Polly pipelines of one client, one an endpoint, made when first needed and kept for the client's life, so that limits and
/// circuits outlive the handlers that the HTTP client factory rotates.
/// From outside in: total time, retry, hedging, throttle, circuit, time of one attempt.
/// </summary>
internal sealed class CloudPipelines(CloudResilienceOptions options, TimeProvider time, Func<double>? random = null)
{
    static readonly ResiliencePropertyKey<CloudCall> CallKey = new("MultiModal.CloudCall");
    static readonly ResiliencePropertyKey<RetryBook> BookKey = new("MultiModal.RetryBook");

    readonly ConcurrentDictionary<(string Operation, string Partition, bool Hedged, TimeSpan Attempt), ResiliencePipeline<HttpResponseMessage>> pipelines = new();
    readonly ConcurrentDictionary<(string Operation, string Partition), EndpointThrottle> throttles = new();

    public RetryPolicy Policy { get; } = new(options, random);

    public TimeProvider Time => time;

    public CloudResilienceOptions Options => options;

    /// <summary>Sends a call through its endpoint's pipeline; <paramref name="send"/> makes one attempt.</summary>
    public async Task<HttpResponseMessage> SendAsync(CloudCall call, Func<CancellationToken, Task<HttpResponseMessage>> send, CancellationToken cancellationToken)
    {
        var attempt = call.AttemptTimeout ?? options.AttemptTimeout;
        var hedged = options.HedgingDelay is not null && call.Safety == CallSafety.Free && !call.Streams;
        var pipeline = pipelines.GetOrAdd((call.Operation, call.Partition, hedged, attempt), Build);
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        try
        {
            context.Properties.Set(CallKey, call);
            context.Properties.Set(BookKey, new RetryBook());
            return await pipeline.ExecuteAsync(
                static async (context, send) =>
                {
                    context.Properties.GetValue(CallKey, null!).CountAttempt();
                    return await send(context.CancellationToken).ConfigureAwait(false);
                },
                context,
                send).ConfigureAwait(false);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>The throttle of an operation, or null where it has no limits.</summary>
    public EndpointThrottle? ThrottleOf(string operation, string partition)
    {
        var limits = options.Limits.TryGetValue(operation, out var own) ? own : options.DefaultLimits;
        return limits is { RequestsPerSecond: null, MaxConcurrent: null } ? null : throttles.GetOrAdd((operation, partition), _ => new(limits, time));
    }

    ResiliencePipeline<HttpResponseMessage> Build((string Operation, string Partition, bool Hedged, TimeSpan Attempt) key)
    {
        var builder = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time, Name = key.Operation };
        options.ConfigurePipeline?.Invoke(builder);
        builder.AddTimeout(new TimeoutStrategyOptions { Name = "total", Timeout = Longer(options.TotalTimeout, key.Attempt) });
        builder.AddRetry(new RetryStrategyOptions<HttpResponseMessage>
        {
            MaxRetryAttempts = int.MaxValue,
            Delay = TimeSpan.Zero,
            MaxDelay = TimeSpan.FromDays(1),
            ShouldHandle = args => ValueTask.FromResult(Decide(args.Outcome, args.Context)),
            DelayGenerator = args => ValueTask.FromResult<TimeSpan?>(args.Context.Properties.GetValue(BookKey, null!).Delay),
        });
        if (key.Hedged)
        {
            builder.AddHedging(new HedgingStrategyOptions<HttpResponseMessage>
            {
                Delay = options.HedgingDelay!.Value,
                MaxHedgedAttempts = 1,
                // Only slowness is hedged; failures are the retry's business.
                ShouldHandle = static _ => ValueTask.FromResult(false),
            });
        }

        if (ThrottleOf(key.Operation, key.Partition) is { } throttle)
            builder.AddStrategy(_ => new ThrottleStrategy(throttle));
        builder.AddCircuitBreaker(new CircuitBreakerStrategyOptions<HttpResponseMessage>
        {
            FailureRatio = options.CircuitFailureRatio,
            MinimumThroughput = options.CircuitMinimumAttempts,
            SamplingDuration = options.CircuitSamplingPeriod,
            BreakDuration = options.CircuitBreakDuration,
            ShouldHandle = static args => ValueTask.FromResult(FaultOf(args.Outcome) is { Kind: CloudErrorKind.Unavailable or CloudErrorKind.Network or CloudErrorKind.Timeout or CloudErrorKind.UnexpectedResponse }),
        });
        builder.AddTimeout(new TimeoutStrategyOptions { Name = "attempt", Timeout = key.Attempt });
        return builder.Build();
    }

    bool Decide(Outcome<HttpResponseMessage> outcome, ResilienceContext context)
    {
        if (FaultOf(outcome) is not { } fault)
            return false;
        var call = context.Properties.GetValue(CallKey, null!);
        var book = context.Properties.GetValue(BookKey, null!);
        if (Policy.Next(call, fault, book) is not { } delay)
            return false;
        book.Delay = delay;
        return true;
    }

    static CloudFault? FaultOf(Outcome<HttpResponseMessage> outcome) => outcome.Exception switch
    {
        null => BufferedContent.FaultOf(outcome.Result),
        BrokenCircuitException => null,
        TimeoutRejectedException late => new(CloudErrorKind.Timeout, Recovery.Unclear, "No whole answer within the time of one attempt.") { Cause = late },
        OperationCanceledException => null,
        HttpRequestException or IOException or CloudFaultException => HttpFaults.FromException(outcome.Exception),
        _ => null,
    };

    static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
