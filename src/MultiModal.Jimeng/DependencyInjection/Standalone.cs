using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>A container of one client, for programs that have none.</summary>
internal static class Standalone
{
    /// <summary>Makes the client; the container lives as long as it does.</summary>
    public static TClient Create<TClient, TOptions>(Action<IServiceCollection> add, TOptions options, ILoggerFactory? loggers, TimeProvider? time)
        where TClient : notnull
        where TOptions : class
    {
        var services = new ServiceCollection();
        if (loggers is not null)
            services.TryAddSingleton(loggers);
        if (time is not null)
            services.TryAddSingleton(time);
        add(services);
        services.AddSingleton<IOptionsMonitor<TOptions>>(provider => new Fixed<TOptions>(options, provider.GetServices<IValidateOptions<TOptions>>()));
        return services.BuildServiceProvider().GetRequiredService<TClient>();
    }

    sealed class Fixed<TOptions> : IOptionsMonitor<TOptions>
        where TOptions : class
    {
        readonly TOptions options;

        public Fixed(TOptions options, IEnumerable<IValidateOptions<TOptions>> validators)
        {
            this.options = options;
            var failures = validators.Select(validator => validator.Validate(null, options)).Where(static result => result.Failed).SelectMany(static result => result.Failures ?? []).ToList();
            if (failures.Count > 0)
                throw new OptionsValidationException(Options.Options.DefaultName, typeof(TOptions), failures);
        }

        public TOptions CurrentValue => options;

        public TOptions Get(string? name) => options;

        public IDisposable? OnChange(Action<TOptions, string?> listener) => null;
    }
}
