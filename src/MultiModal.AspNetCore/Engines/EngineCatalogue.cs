using Microsoft.Extensions.DependencyInjection;
using MultiModal.AspNetCore.Errors;
using MultiModal.Capabilities;

namespace MultiModal.AspNetCore.Engines;

/// <summary>The engines that the application has registered: one without a name, and any number by name (keyed services).</summary>
internal sealed class EngineCatalogue
{
    readonly IServiceProvider services;
    readonly Dictionary<Type, string[]> names;

    /// <param name="registered">What the application registered. A service provider can be asked for a name, but not which names there are.</param>
    /// <param name="services">Makes the engines.</param>
    public EngineCatalogue(IServiceCollection registered, IServiceProvider services)
    {
        this.services = services;
        names = registered.Where(static service => service.ServiceKey is string)
            .GroupBy(static service => service.ServiceType)
            .ToDictionary(static group => group.Key, static group => group.Select(static service => (string)service.ServiceKey!).Distinct().ToArray());
    }

    /// <summary>The names of the engines with a capability.</summary>
    public IReadOnlyList<string> Names<T>() => names.GetValueOrDefault(typeof(T)) ?? [];

    /// <summary>Whether there is any engine with a capability.</summary>
    public bool Has<T>()
        where T : class => Names<T>().Count > 0 || services.GetService<T>() is not null;

    /// <summary>An engine by name, or the unnamed one.</summary>
    /// <exception cref="RefusalException">There is none.</exception>
    public T Get<T>(string? model)
        where T : class
    {
        if (string.IsNullOrEmpty(model))
        {
            return services.GetService<T>()
                ?? (Names<T>() is [var only] ? services.GetRequiredKeyedService<T>(only) : null)
                ?? throw Missing("This host has no engine for that, or several and none without a name: name a model.");
        }

        return Names<T>().Contains(model, StringComparer.Ordinal)
            ? services.GetRequiredKeyedService<T>(model)
            : throw Missing("This host has no model of that name; GET v1/models lists those it has.");
    }

    static RefusalException Missing(string detail) => Refusal.NotFound("model-unknown", detail).Exception();
}
