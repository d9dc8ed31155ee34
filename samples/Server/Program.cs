using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using MultiModal.AspNetCore;
using MultiModal.AspNetCore.Access.Keys;
using MultiModal.Diffusion.DependencyInjection;
using MultiModal.Pipeline.Monitoring.Health;
using MultiModal.Voice.DependencyInjection;
using Server;

// `key NAME` makes an API key: the key for its owner, the hash for appsettings.json.
if (args is ["key", ..])
{
    var (key, hash) = ApiKey.Create();
    Console.WriteLine($"Key:  {key}\nHash: {hash}");
    return;
}

// The settings lie beside the program, wherever it is started from.
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
var models = new DemoModels(builder.Configuration);

builder.Services.AddDiffusionModel("demo-pictures", models.Configure);
builder.Services.AddVoiceModel("demo-voice", models.Configure);
builder.Services.AddMultiModalHost(models.Configure);
builder.Services.AddPrometheusExporter();
builder.Services.AddModelPreloading();
builder.Services.AddHealthChecks().AddCheck<ModelHealthCheck>("models");
builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMinutes(2));
builder.WebHost.ConfigureKestrel(options => options.AddServerHeader = false);

var app = builder.Build();
app.MapMultiModal();
app.MapMultiModalPage();
app.MapMultiModalMetrics();
// For whatever keeps the program running: alive at once, ready when the models are loaded.
app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = static _ => false });
app.MapHealthChecks("/health/ready");
app.Lifetime.ApplicationStarted.Register(() => models.Greet(app));
await app.RunAsync();
