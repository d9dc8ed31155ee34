using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using MultiModal.Pipeline.Composition.Nodes;

namespace MultiModal.Pipeline.Composition;

/// <summary>Where the description of a pipeline begins.</summary>
public static class PipelineBuilder
{
    /// <summary>Begins a pipeline.</summary>
    /// <typeparam name="T">What it takes.</typeparam>
    /// <param name="name">Its name in events, metrics and errors.</param>
    public static PipelineBuilder<T, T> Create<T>(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return new(name, static _ => new IdentityNode<T>());
    }
}

/// <summary>
/// The description of a pipeline. Immutable: every call gives a new description, so one may be continued in several ways and used as a part
/// of others. <see cref="Build"/> makes it run.
/// </summary>
/// <typeparam name="TIn">What the pipeline takes.</typeparam>
/// <typeparam name="TOut">What it gives so far.</typeparam>
public sealed partial class PipelineBuilder<TIn, TOut>
{
    readonly Func<Compilation, Node<TIn, TOut>> compile;

    internal PipelineBuilder(string name, Func<Compilation, Node<TIn, TOut>> compile) => (Name, this.compile) = (name, compile);

    /// <summary>The pipeline's name.</summary>
    public string Name { get; }

    /// <summary>Adds a step.</summary>
    /// <typeparam name="TNext">What it gives.</typeparam>
    /// <param name="name">Its name, unique in the pipeline.</param>
    /// <param name="step">The step's work.</param>
    /// <param name="options">How it is carried out; null for the defaults.</param>
    public PipelineBuilder<TIn, TNext> Then<TNext>(string name, Func<TOut, StepContext, CancellationToken, ValueTask<TNext>> step, StepOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(step);
        return Append(compilation =>
        {
            var (info, guard) = compilation.Declare(name, options);
            compilation.Check(!IsTask(typeof(TNext)), name, $"gives a {Words.Of(typeof(TNext))} instead of what that gives; let the step take a cancellation token too, and it is awaited.");
            return new StepNode<TOut, TNext>(info, guard, step);
        });
    }

    /// <inheritdoc cref="Then{TNext}(string, Func{TOut, StepContext, CancellationToken, ValueTask{TNext}}, StepOptions?)"/>
    [OverloadResolutionPriority(1)]
    public PipelineBuilder<TIn, TNext> Then<TNext>(string name, Func<TOut, StepContext, CancellationToken, Task<TNext>> step, StepOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(step);
        return Then(name, (TOut input, StepContext context, CancellationToken token) => new ValueTask<TNext>(step(input, context, token)), options);
    }

    /// <inheritdoc cref="Then{TNext}(string, Func{TOut, StepContext, CancellationToken, ValueTask{TNext}}, StepOptions?)"/>
    public PipelineBuilder<TIn, TNext> Then<TNext>(string name, Func<TOut, CancellationToken, ValueTask<TNext>> step, StepOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(step);
        return Then(name, (TOut input, StepContext _, CancellationToken token) => step(input, token), options);
    }

    /// <inheritdoc cref="Then{TNext}(string, Func{TOut, StepContext, CancellationToken, ValueTask{TNext}}, StepOptions?)"/>
    [OverloadResolutionPriority(1)]
    public PipelineBuilder<TIn, TNext> Then<TNext>(string name, Func<TOut, CancellationToken, Task<TNext>> step, StepOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(step);
        return Then(name, (TOut input, StepContext _, CancellationToken token) => new ValueTask<TNext>(step(input, token)), options);
    }

    /// <inheritdoc cref="Then{TNext}(string, Func{TOut, StepContext, CancellationToken, ValueTask{TNext}}, StepOptions?)"/>
    public PipelineBuilder<TIn, TNext> Then<TNext>(string name, Func<TOut, TNext> step, StepOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(step);
        return Then(name, (TOut input, StepContext _, CancellationToken _) => ValueTask.FromResult(step(input)), options);
    }

    /// <summary>Adds a step that is an object.</summary>
    /// <typeparam name="TNext">What it gives.</typeparam>
    /// <param name="name">Its name, unique in the pipeline.</param>
    /// <param name="step">The step.</param>
    /// <param name="options">How it is carried out; null for the defaults.</param>
    public PipelineBuilder<TIn, TNext> Then<TNext>(string name, IPipelineStep<TOut, TNext> step, StepOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(step);
        return Then<TNext>(name, step.InvokeAsync, options);
    }

    /// <summary>Adds a step that the container makes when the pipeline is built: a registered one, or one whose constructor it can serve.</summary>
    /// <typeparam name="TStep">The step's class.</typeparam>
    /// <typeparam name="TNext">What it gives.</typeparam>
    /// <param name="name">Its name, unique in the pipeline; null for the class's.</param>
    /// <param name="options">How it is carried out; null for the defaults.</param>
    public PipelineBuilder<TIn, TNext> Then<TStep, TNext>(string? name = null, StepOptions? options = null)
        where TStep : class, IPipelineStep<TOut, TNext> => ThenFrom<TNext>(name ?? typeof(TStep).Name, ActivatorUtilities.GetServiceOrCreateInstance<TStep>, options);

    /// <summary>Adds a step that is made from the container when the pipeline is built.</summary>
    /// <typeparam name="TNext">What it gives.</typeparam>
    /// <param name="name">Its name, unique in the pipeline.</param>
    /// <param name="create">Makes the step. What it throws is a reason why the pipeline cannot run.</param>
    /// <param name="options">How it is carried out; null for the defaults.</param>
    public PipelineBuilder<TIn, TNext> ThenFrom<TNext>(string name, Func<IServiceProvider, IPipelineStep<TOut, TNext>> create, StepOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(create);
        return Append(compilation =>
        {
            var (info, guard) = compilation.Declare(name, options);
            var step = compilation.Make(name, create);
            return new StepNode<TOut, TNext>(info, guard, step is null ? static (_, _, _) => default : step.InvokeAsync);
        });
    }

    /// <summary>Adds steps that are limited, repeated and timed as one.</summary>
    /// <typeparam name="TNext">What they give.</typeparam>
    /// <param name="name">The group's name, unique in the pipeline.</param>
    /// <param name="steps">The steps.</param>
    /// <param name="options">How the group is carried out; null for the defaults.</param>
    public PipelineBuilder<TIn, TNext> Group<TNext>(string name, Func<PipelineBuilder<TOut, TOut>, PipelineBuilder<TOut, TNext>> steps, StepOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        var inner = Arm(steps);
        return Append(compilation =>
        {
            var (info, guard) = compilation.Declare(name, options);
            return new GroupNode<TOut, TNext>(info, guard, inner(compilation));
        });
    }

    /// <summary>Adds all steps of another description.</summary>
    /// <typeparam name="TNext">What it gives.</typeparam>
    /// <param name="next">The description; its name does not matter.</param>
    public PipelineBuilder<TIn, TNext> Then<TNext>(PipelineBuilder<TOut, TNext> next)
    {
        ArgumentNullException.ThrowIfNull(next);
        return Append(next.compile);
    }

    /// <summary>Says what keeps the pipeline from running.</summary>
    /// <param name="services">The container for steps that come from it; null for none.</param>
    /// <returns>A sentence for each reason; empty where there is none.</returns>
    public IReadOnlyList<string> Validate(IServiceProvider? services = null) => Compile(services, null).Compilation.Problems;

    /// <summary>Makes the pipeline run.</summary>
    /// <param name="services">The container for steps that come from it; null for none.</param>
    /// <param name="time">The clock; null for the container's, or the system's.</param>
    /// <exception cref="PipelineValidationException">The description is wrong; it says why.</exception>
    public Pipeline<TIn, TOut> Build(IServiceProvider? services = null, TimeProvider? time = null)
    {
        var (compilation, root) = Compile(services, time);
        return compilation.Problems.Count > 0
            ? throw new PipelineValidationException(Name, compilation.Problems)
            : new(compilation.Core, root, [.. compilation.Steps.Select(static step => step.Name)], compilation.LargestBatch);
    }

    /// <summary>The way of a fork, a branch and the like: described once, compiled with the whole.</summary>
    internal static Func<Compilation, Node<TOut, TNext>> Arm<TNext>(Func<PipelineBuilder<TOut, TOut>, PipelineBuilder<TOut, TNext>> steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        return (steps(new("", static _ => new IdentityNode<TOut>())) ?? throw new ArgumentException("The way gives no description.", nameof(steps))).compile;
    }

    internal PipelineBuilder<TIn, TNext> Append<TNext>(Func<Compilation, Node<TOut, TNext>> next) =>
        new(Name, compilation => new SequenceNode<TIn, TOut, TNext>(compile(compilation), next(compilation)));

    (Compilation Compilation, Node<TIn, TOut> Root) Compile(IServiceProvider? services, TimeProvider? time)
    {
        services ??= NoServices.Instance;
        var compilation = new Compilation(new(Name, services, time ?? services.GetService<TimeProvider>() ?? TimeProvider.System));
        var root = compile(compilation);
        if (compilation.Steps.Count == 0)
            compilation.Problems.Add("It has no step.");
        return (compilation, root);
    }

    static bool IsTask(Type type) => typeof(Task).IsAssignableFrom(type) || type == typeof(ValueTask) || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueTask<>));

    sealed class NoServices : IServiceProvider
    {
        public static NoServices Instance { get; } = new();

        public object? GetService(Type serviceType) => null;
    }
}
