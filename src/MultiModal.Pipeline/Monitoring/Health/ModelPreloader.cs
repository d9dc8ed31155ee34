using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MultiModal.Capabilities;

namespace MultiModal.Pipeline.Monitoring.Health;

/// <summary>Loads the models an application needs when it starts, one after the other, so that the first request does not wait for it.</summary>
/// <param name="models">The models.</param>
/// <param name="options">Which of them are needed.</param>
/// <param name="logger">Hears what could not be loaded; the next use tries again.</param>
public sealed partial class ModelPreloader(IEnumerable<IModelHost> models, IOptions<ModelHealthOptions> options, ILogger<ModelPreloader> logger) : BackgroundService
{
    readonly ILogger logger = logger;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var model in models)
        {
            if (!options.Value.IsRequired(model.Name))
                continue;
            try
            {
                await model.LoadAsync(stoppingToken).ConfigureAwait(false);
                Loaded(model.Name);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                NotLoaded(model.Name, error);
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "The model '{Model}' is loaded.")]
    partial void Loaded(string model);

    [LoggerMessage(LogLevel.Error, "The model '{Model}' could not be loaded.")]
    partial void NotLoaded(string model, Exception error);
}
