using System.ComponentModel.DataAnnotations;
using Polly;

namespace MultiModal.Jimeng.Http;

/// <summary>How a client deals with limits, failures and slowness. The defaults suit an interactive program.</summary>
public sealed class CloudResilienceOptions
{
    /// <summary>How often a call is repeated after HTTP 429 or a vendor's rate code.</summary>
    /// <value>The default is 5. 0 turns it off.</value>
    [Range(0, 100)]
    public int MaxRateLimitRetries { get; set; } = 5;

    /// <summary>How often a call is repeated, at once, after HTTP 502.</summary>
    /// <value>The default is 3. 0 turns it off.</value>
    [Range(0, 100)]
    public int MaxBadGatewayRetries { get; set; } = 3;

    /// <summary>How often a call that may be repeated is repeated after other passing failures (connection refused or broken, HTTP 503, internal errors).</summary>
    /// <value>The default is 3. 0 turns it off.</value>
    [Range(0, 100)]
    public int MaxTransientRetries { get; set; } = 3;

    /// <summary>The first wait of the exponential back-off; each following wait is twice as long.</summary>
    /// <value>The default is 1 second.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan BaseDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait of the back-off, before jitter.</summary>
    /// <value>The default is 30 seconds.</value>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How much is added to a wait at random, as a part of it, so that many callers do not return at the same moment.</summary>
    /// <value>The default is 0.25: a wait of 1 s becomes 1 to 1.25 s.</value>
    [Range(0.0, 1.0)]
    public double Jitter { get; set; } = 0.25;

    /// <summary>The longest <c>Retry-After</c> that is waited for. A longer one ends the call at once, with the wait in <see cref="CloudApiException.RetryAfter"/>.</summary>
    /// <value>The default is 60 seconds.</value>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan MaxRetryAfter { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long one attempt may take, from sending to the last byte of the answer (of a stream: to its first). Slow operations have longer ones of their own.</summary>
    /// <value>The default is 30 seconds.</value>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00")]
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one call may take with all its attempts and waits. Long tasks count each request, not the whole task.</summary>
    /// <value>The default is 3 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00")]
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>
    /// Whether paid calls that leave no task behind (recognition, speech, chat) are repeated although the service may have done, and
    /// billed, the work: after a time-out, a broken connection or a cut answer. Submissions of tasks never are.
    /// </summary>
    /// <value>The default is <see langword="false"/>: such a call ends with <see cref="CloudApiException.OutcomeUnknown"/> set.</value>
    public bool RepeatPaidCalls { get; set; }

    /// <summary>The part of failing attempts at which an endpoint's circuit opens, so that calls fail at once.</summary>
    /// <value>The default is 0.5.</value>
    [Range(0.01, 1.0)]
    public double CircuitFailureRatio { get; set; } = 0.5;

    /// <summary>How many attempts within <see cref="CircuitSamplingPeriod"/> it takes before the circuit may open. <see cref="int.MaxValue"/> turns it off.</summary>
    /// <value>The default is 20.</value>
    [Range(2, int.MaxValue)]
    public int CircuitMinimumAttempts { get; set; } = 20;

    /// <summary>The period over which attempts are counted.</summary>
    /// <value>The default is 30 seconds.</value>
    [Range(typeof(TimeSpan), "00:00:00.500", "1.00:00:00")]
    public TimeSpan CircuitSamplingPeriod { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an open circuit refuses calls before it lets one through to see.</summary>
    /// <value>The default is 15 seconds.</value>
    [Range(typeof(TimeSpan), "00:00:00.500", "1.00:00:00")]
    public TimeSpan CircuitBreakDuration { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>After how long without an answer a second, parallel attempt starts. Only for calls that cost nothing to repeat (polls, downloads, tokens).</summary>
    /// <value>The default is null: no hedging.</value>
    public TimeSpan? HedgingDelay { get; set; }

    /// <summary>
    /// Adds the host's own strategies to each endpoint's Polly pipeline, outside of this library's. Called once an endpoint; the
    /// builder's name is the operation.
    /// </summary>
    /// <value>The default is null: nothing is added.</value>
    public Action<ResiliencePipelineBuilder<HttpResponseMessage>>? ConfigurePipeline { get; set; }

    /// <summary>Limits on our own side for the operations that <see cref="Limits"/> does not name.</summary>
    /// <value>The default has no limits.</value>
    public EndpointLimits DefaultLimits { get; set; } = new();

    /// <summary>Limits on our own side by operation, such as <c>baidu.speech.recognize</c> (see docs/cloud.md for the names).</summary>
    public IDictionary<string, EndpointLimits> Limits { get; } = new Dictionary<string, EndpointLimits>(StringComparer.Ordinal);
}
