using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using MultiModal.Capabilities;
using MultiModal.Pipeline.Monitoring.Health;

namespace MultiModal.Pipeline.Tests.Monitoring;

public sealed class ModelHealthTests
{
    [Theory]
    [InlineData(ModelState.Loaded, ModelState.Idle, HealthStatus.Healthy)]
    [InlineData(ModelState.Loaded, ModelState.NotLoaded, HealthStatus.Unhealthy)]
    [InlineData(ModelState.Loading, ModelState.Loaded, HealthStatus.Unhealthy)]
    [InlineData(ModelState.Loading, ModelState.Failed, HealthStatus.Unhealthy)]
    public async Task Readiness_knows_whether_models_are_loaded(ModelState one, ModelState other, HealthStatus expected)
    {
        var check = new ModelHealthCheck([new Model("voice") { State = one }, new Model("sd") { State = other }], Options.Create(new ModelHealthOptions()));
        var result = await check.CheckHealthAsync(new());
        Assert.Equal(expected, result.Status);
        Assert.Equal((one.ToString(), other.ToString()), ((string)result.Data["voice"], (string)result.Data["sd"]));
    }

    [Fact]
    public async Task What_is_not_ready_yet_is_told_from_what_never_will_be_and_counts_as_registered()
    {
        var context = new HealthCheckContext { Registration = new("models", new ModelHealthCheck([], Options.Create(new ModelHealthOptions())), HealthStatus.Degraded, null) };
        var result = await new ModelHealthCheck([new Model("sd") { State = ModelState.Loading }], Options.Create(new ModelHealthOptions())).CheckHealthAsync(context);
        Assert.Equal((HealthStatus.Degraded, "Not loaded yet: sd."), (result.Status, result.Description));
    }

    [Fact]
    public async Task Only_the_models_that_are_needed_count_and_they_must_be_there()
    {
        IModelHost[] models = [new Model("voice") { State = ModelState.Loaded }, new Model("sd")];
        Assert.Equal(HealthStatus.Healthy, (await new ModelHealthCheck(models, Options.Create(new ModelHealthOptions { Required = ["voice"] })).CheckHealthAsync(new())).Status);
        var missing = await new ModelHealthCheck(models, Options.Create(new ModelHealthOptions { Required = ["voice", "flux"] })).CheckHealthAsync(new());
        Assert.Equal((HealthStatus.Unhealthy, "Not to be loaded: flux (no such model)."), (missing.Status, missing.Description));
    }

    [Fact]
    public async Task Models_are_loaded_when_the_application_starts_and_one_that_fails_does_not_stop_it()
    {
        var (voice, broken, other) = (new Model("voice"), new Model("broken") { Fails = true }, new Model("other"));
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddSingleton<IModelHost>(broken).AddSingleton<IModelHost>(voice).AddSingleton<IModelHost>(other).AddModelPreloading("voice", "broken");
        using var application = builder.Build();
        await application.StartAsync();
        await application.Services.GetServices<IHostedService>().OfType<ModelPreloader>().Single().ExecuteTask!;
        Assert.Equal((ModelState.Loaded, ModelState.Failed, ModelState.NotLoaded), (voice.State, broken.State, other.State));
        await application.StopAsync();
    }

    sealed class Model(string name) : IModelHost
    {
        public string Name => name;

        public bool Fails { get; init; }

        public ModelState State { get; set; }

        public Exception? Error { get; private set; }

        public async Task LoadAsync(CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            State = Fails ? ModelState.Failed : ModelState.Loaded;
            if (Fails) throw Error = new InvalidFileException("model", "is damaged");
        }
    }
}
