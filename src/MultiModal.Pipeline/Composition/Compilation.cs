using Microsoft.Extensions.Options;
using MultiModal.Pipeline.Composition.Nodes;

namespace MultiModal.Pipeline.Composition;

/// <summary>Turns a description into steps that run, and gathers what is wrong with it.</summary>
internal sealed class Compilation(PipelineCore core)
{
    readonly HashSet<string> names = new(StringComparer.Ordinal);

    public PipelineCore Core => core;

    public List<string> Problems { get; } = [];

    public List<StepInfo> Steps { get; } = [];

    /// <summary>The most items that a batch of the pipeline takes.</summary>
    public int LargestBatch { get; private set; } = 1;

    /// <summary>Makes a step known.</summary>
    public StepInfo Declare(string name, string note = "")
    {
        var step = new StepInfo(name, note);
        if (string.IsNullOrWhiteSpace(name))
            Problems.Add("A step has no name; give it one, so that events and metrics can speak of it.");
        else if (!names.Add(name))
            Problems.Add($"Two steps are called '{name}'; name one of them differently, so that events and metrics can tell them apart.");
        Steps.Add(step);
        return step;
    }

    /// <summary>Makes a step known with how it is carried out.</summary>
    public (StepInfo Step, StepGuard Guard) Declare(string name, StepOptions? options, string note = "")
    {
        options ??= new();
        var step = Declare(name, string.Join(", ", new[] { note, Describe(options) }.Where(static part => part.Length > 0)));
        Check(options.MaxConcurrency is not < 1, name, $"works on {options.MaxConcurrency} items at once; it must be at least 1.");
        Check(options.QueueCapacity is not < 0, name, $"has a queue of {options.QueueCapacity}; it must not be negative.");
        Check(options.QueueCapacity is null || options.MaxConcurrency is not null, name, "has a queue but no limit of items at once, so nothing would ever wait in it; set MaxConcurrency.");
        Check(options.Timeout is not { } timeout || timeout > TimeSpan.Zero, name, $"has a time limit of {options.Timeout}; it must be above zero.");
        Check(options.Retries >= 0, name, $"is repeated {options.Retries} times; it must not be negative.");
        Check(options.RetryDelay >= TimeSpan.Zero, name, $"waits {options.RetryDelay} before it is repeated; it must not be negative.");
        return (step, Problems.Count > 0 ? StepGuard.None : StepGuard.Of(step, options, core.Time));
    }

    /// <summary>Makes what a step needs from the container; null, and a problem, where that cannot be.</summary>
    public T? Make<T>(string step, Func<IServiceProvider, T> create)
        where T : class
    {
        try
        {
            return create(core.Services);
        }
        catch (Exception error) when (error is InvalidOperationException or MultiModalException or OptionsValidationException)
        {
            Problems.Add($"The step '{step}' cannot be made: {error.Message}");
            return null;
        }
    }

    public void Check(bool isRight, string step, string otherwise)
    {
        if (!isRight)
            Problems.Add($"The step '{step}' {otherwise}");
    }

    public void HasBatchesOf(int size) => LargestBatch = Math.Max(LargestBatch, size);

    static string Describe(StepOptions options)
    {
        var parts = new List<string>();
        if (options.MaxConcurrency is { } concurrency)
            parts.Add($"{concurrency} at once");
        if (options.QueueCapacity is { } queue)
            parts.Add($"queue {queue}");
        if (options.Timeout is { } timeout)
            parts.Add($"within {Words.Of(timeout)}");
        if (options.Retries > 0)
            parts.Add(options.Retries == 1 ? "1 retry" : $"{options.Retries} retries");
        return string.Join(", ", parts);
    }
}
