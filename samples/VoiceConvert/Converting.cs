using System.Diagnostics;
using System.Globalization;
using MultiModal.Audio;
using MultiModal.Voice.Conversion;

namespace VoiceConvert;

/// <summary>File to file, with a progress bar, and a picture of both sounds.</summary>
static class Converting
{
    public static async Task RunAsync(
        string model, string input, string output, string? picture, VoiceModelOptions loading, ConversionOptions options, CancellationToken cancellationToken)
    {
        await using var voice = await VoiceModel.LoadAsync(model, loading, cancellationToken);
        var clock = Stopwatch.StartNew();
        if (picture is null)
        {
            // In pieces: the file may be longer than memory.
            await voice.ConvertFileAsync(input, output, options, progress: new Bar(), cancellationToken: cancellationToken);
        }
        else
        {
            var source = await WavFile.ReadAsync(input, cancellationToken: cancellationToken);
            List<ConvertedChunk> chunks = [];
            await foreach (var chunk in voice.ConvertStreamingAsync(source, options, new Bar(), cancellationToken)) chunks.Add(chunk);
            var result = AudioClip.Concatenate([.. chunks.Select(c => c.Audio)]);
            await WavFile.WriteAsync(output, result, cancellationToken: cancellationToken);
            await Picture.WriteAsync(picture, source.ToMono(), result, chunks, cancellationToken);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\r{output} in {clock.Elapsed.TotalSeconds:F1} s{new string(' ', 40)}"));
    }

    /// <summary>name=weight ... to a mix; null where there is none.</summary>
    public static SpeakerMix? ReadMix(string[]? texts)
    {
        if (texts is null or []) return null;
        var weights = new Dictionary<string, float>();
        foreach (var text in texts)
        {
            var at = text.LastIndexOf('=');
            if (at < 1 || !float.TryParse(text.AsSpan(at + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out var weight))
                throw new ArgumentException($"'{text}' is no part of a mix: write name=weight.");
            weights[text[..at]] = weight;
        }

        return SpeakerMix.Constant(weights);
    }

    sealed class Bar : IProgress<ConversionProgress>
    {
        public void Report(ConversionProgress value)
        {
            var filled = (int)(value.Fraction * 30);
            Console.Write(string.Create(CultureInfo.InvariantCulture, $"\r[{new string('#', filled)}{new string('.', 30 - filled)}] {value.Fraction:P0} of {value.Total.TotalSeconds:F0} s "));
        }
    }
}
