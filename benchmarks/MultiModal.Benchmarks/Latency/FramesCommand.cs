using System.CommandLine;
using System.Globalization;

namespace MultiModal.Benchmarks.Latency;

/// <summary>720p requests at a fixed rate: how late the last ones are, and whether memory stays where it is.</summary>
static class FramesCommand
{
    public static Command Create()
    {
        var rate = new Option<double>("--rate") { Description = "Requests a second.", DefaultValueFactory = _ => 15 };
        var minutes = new Option<double>("--minutes") { Description = "How long; 5 for the full run.", DefaultValueFactory = _ => 0.5 };
        var command = new Command("frames", "Requests with 720p frames at a fixed rate through decoding, a filter and a stand-in for an engine.") { rate, minutes };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            var result = await new FrameLoad().RunAsync(arguments.GetValue(rate), TimeSpan.FromMinutes(arguments.GetValue(minutes)), cancellationToken);
            Console.WriteLine(Machine.Describe());
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{result.Rate:0.00} requests/s held, {result.Failed} failed; {result.Latency}"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"memory {result.EarlyMegabytes:0} MB after a tenth of the time, {result.LateMegabytes:0} MB at the end"));
            return result.Failed == 0 ? 0 : 1;
        });
        return command;
    }
}
