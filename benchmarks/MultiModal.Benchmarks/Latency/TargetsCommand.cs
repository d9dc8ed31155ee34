using System.CommandLine;
using System.Globalization;
using System.Text;
using MultiModal.Audio;
using MultiModal.Pipeline.Monitoring;

namespace MultiModal.Benchmarks.Latency;

/// <summary>The targets of the guide beside what this machine does.</summary>
static class TargetsCommand
{
    // What a sentence of twenty Chinese characters, or of twelve English words, takes to be said.
    const double ChineseSeconds = 4, EnglishSeconds = 5;

    public static Command Create()
    {
        var iterations = new Option<int>("--iterations") { Description = "How often each thing is measured.", DefaultValueFactory = _ => 20 };
        var pictures = new Option<int>("--pictures") { Description = "How many pictures are measured.", DefaultValueFactory = _ => 3 };
        var steps = new Option<int>("--steps") { Description = "Sampling steps of a picture.", DefaultValueFactory = _ => 20 };
        var seconds = new Option<double>("--seconds") { Description = "How long frames are sent.", DefaultValueFactory = _ => 20 };
        var output = new Option<string?>("--output") { Description = "Also write the table to this file." };
        var command = new Command("targets", "The guide's targets beside what this machine does. Models and device by environment: MULTIMODAL_VOICE_MODEL, MULTIMODAL_DIFFUSION_MODEL (a path, or full-size), MULTIMODAL_DEVICE.") { iterations, pictures, steps, seconds, output };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            var table = new StringBuilder($"{Machine.Describe()}\n\n| what | target | p50 | p90 | p99 | on | model |\n|---|---|---|---|---|---|---|\n");
            await VoiceAsync(table, arguments.GetValue(iterations), cancellationToken);
            await PictureAsync(table, arguments.GetValue(pictures), arguments.GetValue(steps), cancellationToken);
            await FramesAsync(table, arguments.GetValue(seconds), cancellationToken);
            Console.WriteLine(table);
            if (arguments.GetValue(output) is { } path) await File.WriteAllTextAsync(path, table.ToString(), cancellationToken);
        });
        return command;
    }

    static async Task VoiceAsync(StringBuilder table, int iterations, CancellationToken cancellationToken)
    {
        await using var voice = await MeasuredModels.LoadVoiceAsync(cancellationToken);
        foreach (var (language, seconds, target) in new[] { ("Chinese", ChineseSeconds, 120), ("English", EnglishSeconds, 180) })
        {
            var sentence = Sentence(seconds);
            var summary = await LatencyBenchmark.RunAsync(
                token => voice.ConvertAsync(sentence, new() { Pitch = MultiModal.Voice.Conversion.PitchMethod.Praat }, null, token), iterations, 2, null, cancellationToken);
            Row(table, $"a {language} sentence ({seconds.ToString(CultureInfo.InvariantCulture)} s) in the chosen voice", $"{target} ms on an A100", summary, MeasuredModels.DeviceName, MeasuredModels.VoiceName);
        }
    }

    static async Task PictureAsync(StringBuilder table, int pictures, int steps, CancellationToken cancellationToken)
    {
        await using var model = await MeasuredModels.LoadDiffusionAsync(cancellationToken);
        var summary = await LatencyBenchmark.RunAsync(
            token => model.GenerateAsync(new("a koi pond, ink") { Seed = 7, Steps = steps, Width = 512, Height = 512 }, null, token), pictures, 1, null, cancellationToken);
        Row(table, $"a picture, 512x512, {steps} steps", "2.3 s on an A100", summary, MeasuredModels.DeviceName, MeasuredModels.DiffusionName);
    }

    static async Task FramesAsync(StringBuilder table, double seconds, CancellationToken cancellationToken)
    {
        var result = await new FrameLoad().RunAsync(15, TimeSpan.FromSeconds(seconds), cancellationToken);
        Row(table, string.Create(CultureInfo.InvariantCulture, $"requests with 720p frames: {result.Rate:0.0} a second held, {result.Failed} failed"), "15 a second", result.Latency, "processor", "a stand-in that takes 5 ms a batch");
    }

    static void Row(StringBuilder table, string what, string target, LatencySummary summary, string device, string model) => table.Append(
        CultureInfo.InvariantCulture, $"| {what} | {target} | {Ms(summary.P50)} | {Ms(summary.P90)} | {Ms(summary.P99)} | {device} | {model} |\n");

    static string Ms(TimeSpan time) => time < TimeSpan.FromSeconds(10)
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0} ms") : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");

    public static AudioClip Sentence(double seconds)
    {
        const int Rate = 44100;
        var (samples, phase) = (new float[(int)(seconds * Rate)], 0.0);
        for (var i = 0; i < samples.Length; i++)
        {
            var t = i / (double)Rate;
            phase += (180 + (60 * Math.Sin(2 * t))) / Rate;
            samples[i] = (float)(0.2 * (Math.Sin(2 * Math.PI * phase) + (0.5 * Math.Sin(4 * Math.PI * phase)) + (0.25 * Math.Sin(6 * Math.PI * phase))));
        }

        return new(samples, Rate);
    }
}
