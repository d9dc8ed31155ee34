using CloudTour;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MultiModal.CloudSimulator;
using MultiModal.Jimeng;

// dotnet run --project samples/CloudTour              everything, against the simulator
// Baidu__ApiKey=… Jimeng__AccessKeyId=… dotnet run …  the services whose keys are given are the real ones
var builder = Host.CreateApplicationBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Configuration.AddJsonFile("cloudtour.json", optional: true);
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};

var keys = new TourKeys(builder.Configuration);
await using var simulator = keys.NeedSimulator ? await Simulator.StartAsync() : null;
builder.Services.AddBaiduAI(options =>
{
    if (keys.HasBaidu)
        builder.Configuration.Bind("Baidu", options);
    else
        TourKeys.Simulate(options, simulator!);
});
builder.Services.AddJimeng(options =>
{
    if (keys.HasJimeng)
        builder.Configuration.Bind("Jimeng", options);
    else
        TourKeys.Simulate(options, simulator!);
});
builder.Services.AddSingleton<Tour>();

using var host = builder.Build();
Console.WriteLine($"Baidu: {(keys.HasBaidu ? "the real service" : "simulated")}; Jimeng: {(keys.HasJimeng ? "the real service" : "simulated")}");
try
{
    await host.Services.GetRequiredService<Tour>().RunAsync(builder.Configuration["output"] ?? Path.Combine("artifacts", "cloudtour"), stop.Token);
    return 0;
}
catch (CloudApiException error)
{
    // Code, meaning, request id and advice are all in the message; keys never are.
    Console.Error.WriteLine(error.Message);
    return 1;
}
catch (OperationCanceledException)
{
    return 130;
}
