using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using MultiModal.Pipeline.Composition;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds pipelines to a container.</summary>
public static class PipelineServiceCollectionExtensions
{
    /// <summary>
    /// Adds a pipeline as a singleton with its name as key; the first of its types also without one. It is built, and thereby checked, when the
    /// application starts.
    /// </summary>
    /// <typeparam name="TIn">What it takes.</typeparam>
    /// <typeparam name="TOut">What it gives.</typeparam>
    /// <param name="services">The container.</param>
    /// <param name="name">Its name in events, metrics and errors.</param>
    /// <param name="compose">Describes it.</param>
    public static IServiceCollection AddPipeline<TIn, TOut>(
        this IServiceCollection services, string name, Func<PipelineBuilder<TIn, TIn>, PipelineBuilder<TIn, TOut>> compose)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(compose);
        var description = compose(PipelineBuilder.Create<TIn>(name));
        services.AddKeyedSingleton(name, (provider, _) => description.Build(provider));
        services.TryAddSingleton(provider => provider.GetRequiredKeyedService<Pipeline<TIn, TOut>>(name));
        services.AddSingleton<IPipeline>(provider => provider.GetRequiredKeyedService<Pipeline<TIn, TOut>>(name));
        services.AddOptions<PipelineCheck>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PipelineCheck>, PipelineCheck>());
        return services;
    }
}
