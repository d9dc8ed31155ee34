using Microsoft.Extensions.DependencyInjection;
using MultiModal.CloudSimulator;
using MultiModal.Pipeline.Composition;
using MultiModal.Pipeline.Steps;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using OtlpExport;

// dotnet run --project samples/OtlpExport                                              to a collector that this program starts, and counts
// OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 dotnet run --project samples/OtlpExport   to yours (OTLP over HTTP)
await using var simulator = await Simulator.StartAsync();
await using var collector = Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") is null ? await CountingCollector.StartAsync() : null;

void Export(OtlpExporterOptions options, string signal)
{
    options.Protocol = OtlpExportProtocol.HttpProtobuf;
    if (collector is not null)
        options.Endpoint = new Uri(collector.Address, $"v1/{signal}");
}

// All sources and meters of the library begin with MultiModal.
var resource = ResourceBuilder.CreateDefault().AddService("otlp-export");
using var traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource("MultiModal.*").AddOtlpExporter(options => Export(options, "traces")).Build();
using var metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter("MultiModal.*").AddOtlpExporter(options => Export(options, "metrics")).Build();

var services = new ServiceCollection();
services.AddBaiduAI(options =>
{
    (options.ApiKey, options.SecretKey) = (simulator.Options.BaiduApiKey, simulator.Options.BaiduSecretKey);
    options.AipEndpoint = options.SpeechEndpoint = options.SynthesisEndpoint = options.QianfanEndpoint = simulator.Address;
});
services.AddJimeng(options => (options.AccessKeyId, options.SecretAccessKey, options.Endpoint) = (simulator.Options.VolcAccessKey, simulator.Options.VolcSecretKey, simulator.Address));
services.AddPipeline<string, string>("look", static start => start.Censor().Draw("jimeng").Describe());
await using var provider = services.BuildServiceProvider();
var pipeline = provider.GetRequiredService<Pipeline<string, string>>();
for (var i = 1; i <= 3; i++)
    Console.WriteLine($"{i}: {await pipeline.RunAsync($"第{i}只橘猫")}");

traces.ForceFlush();
metrics.ForceFlush();
Console.WriteLine(collector is null ? "Sent to the collector." : $"The collector was sent {collector.Traces} bytes of traces and {collector.Metrics} bytes of metrics.");
return collector is null or { Traces: > 0, Metrics: > 0 } ? 0 : 1;
