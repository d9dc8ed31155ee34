using System.Globalization;
using MultiModal.Voice.Content;
using MultiModal.Voice.Training;
using MultiModal.Voice.Training.Data;

namespace TrainVoice;

/// <summary>From recordings to a voice.</summary>
static class Training
{
    /// <summary>Checks and cuts recordings, and says what was left out.</summary>
    public static async Task PrepareAsync(string recordings, string clips, DatasetOptions options, CancellationToken cancellationToken)
    {
        var report = await DatasetPreparation.RunAsync(recordings, clips, options, cancellationToken: cancellationToken);
        Console.WriteLine(report);
        await File.WriteAllTextAsync(Path.Combine(clips, "report.txt"), report.ToString(), cancellationToken);
    }

    /// <summary>Trains, or adapts where the options say so.</summary>
    public static async Task TrainAsync(string clips, string encoderName, string? encoderPath, VoiceTrainingOptions options, bool adapt, CancellationToken cancellationToken)
    {
        await using var encoder = await ContentEncoders.LoadAsync(encoderName, encoderPath, ["pretrain"], options.Runtime, cancellationToken);
        var data = await VoiceDataset.OpenAsync(clips, encoder, new() { SampleRate = options.Config.SampleRate, Hop = options.Config.HopLength }, cancellationToken: cancellationToken);
        Console.WriteLine($"{data.Count} clips of {data.Speakers.Count} speaker(s), {data.Duration.TotalMinutes.ToString("0.0", CultureInfo.InvariantCulture)} min");
        Directory.CreateDirectory(options.Folder);
        var plot = new LossPlot(Path.Combine(options.Folder, "losses.png"));
        var progress = new ConsoleReports(plot);
        try
        {
            string file;
            if (adapt)
            {
                file = await VoiceAdaptation.RunAsync(data, options, progress, cancellationToken);
            }
            else
            {
                await using var trainer = await VoiceTrainer.CreateAsync(data, options, cancellationToken);
                file = await trainer.RunAsync(progress, cancellationToken);
            }

            Console.WriteLine($"{Environment.NewLine}{file}");
        }
        finally
        {
            Console.WriteLine($"losses.png: {await plot.WriteAsync(CancellationToken.None)}");
        }
    }

    sealed class ConsoleReports(LossPlot plot) : IProgress<VoiceTrainingProgress>
    {
        public void Report(VoiceTrainingProgress value)
        {
            plot.Add(value.Step, value.Losses);
            var losses = string.Join(' ', value.Losses.Select(l => string.Create(CultureInfo.InvariantCulture, $"{l.Key} {l.Value:0.000}")));
            var left = TimeSpan.FromSeconds(value.SecondsPerStep * (value.Steps - value.Step));
            Console.Write(string.Create(CultureInfo.InvariantCulture, $"\r{value.Step}/{value.Steps} epoch {value.Epoch} {losses} {value.SecondsPerStep:0.00} s/step, {left:d\\.hh\\:mm} left "));
            if (value.Checkpoint is { } file) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Environment.NewLine}{file}, mel on held-out clips {value.Validation:0.000}"));
        }
    }
}
