using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MultiModal;
using MultiModal.CloudSimulator;
using MultiModal.Diffusion.DependencyInjection;
using MultiModal.Pipeline.Prompts;
using MultiModal.Voice.DependencyInjection;
using SpeechToPicture;

// dotnet run --project samples/SpeechToPicture                         everything: local models, simulated cloud
// dotnet run --project samples/SpeechToPicture -- --input speech.wav   a recording of yours
var builder = Host.CreateApplicationBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};

await using var simulator = await Simulator.StartAsync();
var models = DemoModels.Find();
builder.Services.AddBaiduAI(options => DemoModels.Simulate(options, simulator));
builder.Services.AddJimeng(options => DemoModels.Simulate(options, simulator));
builder.Services.AddDiffusionModel("sd", models.Diffusion);
builder.Services.AddVoiceModel("alice", models.Voice);

// A pipeline is a line each. The local model draws; where it cannot, Jimeng does.
builder.Services.AddSpeechToPicture(new() { Generator = "sd", FallbackGenerator = "jimeng", Template = PromptStyles.Plain });
builder.Services.AddStoryTeller(new() { Generator = "jimeng", Converter = "alice", MinMatch = 0.5 });
builder.Services.AddVoiceSwap("alice");
builder.Services.AddSingleton<Show>();

using var host = builder.Build();
Console.WriteLine($"models   {models.Description}");
try
{
    await host.StartAsync(stop.Token);
    await host.Services.GetRequiredService<Show>().RunAsync(
        builder.Configuration["input"], builder.Configuration["output"] ?? Path.Combine("artifacts", "speech-to-picture"), stop.Token);
    await host.StopAsync(stop.Token);
    return 0;
}
catch (MultiModalException error)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}
catch (OperationCanceledException)
{
    return 130;
}
