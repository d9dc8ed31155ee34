using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using MultiModal.Capabilities;

namespace MultiModal.Pipeline.Monitoring.Health;

/// <summary>
/// Whether the models an application needs have been loaded: healthy when all have, also those that are unloaded for want of use; otherwise what the
/// check was registered to give on failure (unhealthy, where nothing was said), with a description that tells "not yet" from "could not be". A readiness probe asks
/// for it, a liveness probe must not: a server that loads for minutes is alive.
/// </summary>
/// <param name="models">The models.</param>
/// <param name="options">Which of them are needed.</param>
public sealed class ModelHealthCheck(IEnumerable<IModelHost> models, IOptions<ModelHealthOptions> options) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var data = new Dictionary<string, object>();
        var (failed, missing) = (new List<string>(), new List<string>());
        Exception? error = null;
        var failure = context?.Registration?.FailureStatus ?? HealthStatus.Unhealthy;
        foreach (var model in models)
        {
            var state = model.State;
            data[model.Name] = state.ToString();
            if (!options.Value.IsRequired(model.Name))
                continue;
            if (state == ModelState.Failed)
            {
                failed.Add(model.Name);
                error ??= model.Error;
            }
            else if (state is ModelState.NotLoaded or ModelState.Loading)
            {
                missing.Add(model.Name);
            }
        }

        foreach (var name in options.Value.Required ?? [])
        {
            if (!data.ContainsKey(name))
                failed.Add($"{name} (no such model)");
        }

        return Task.FromResult(
            failed.Count > 0 ? new(failure, $"Not to be loaded: {string.Join(", ", failed)}.", error, data)
            : missing.Count > 0 ? new(failure, $"Not loaded yet: {string.Join(", ", missing)}.", null, data)
            : HealthCheckResult.Healthy("All models have been loaded.", data));
    }
}
