using System.Diagnostics;
using System.Globalization;
using MultiModal.Audio;
using MultiModal.Voice.Conversion;

namespace VoiceConvert;

/// <summary>File to file, with a progress bar, and a picture of both sounds.</summary>
static class Converting
{
    public static async Task RunAsync(
        string model, string[] inputs, string output, string? picture, WavEncoding encoding, VoiceModelOptions loading, ConversionOptions options, CancellationToken cancellationToken)
    {
        await using var voice = await VoiceModel.LoadAsync(model, loading, cancellationToken);
        var clock = Stopwatch.StartNew();
        var bar = new Bar();
        if (inputs.Length > 1) await ManyAsync(voice, inputs, output, options, encoding, bar, cancellationToken);
        // In pieces: the file may be longer than memory.
        else if (picture is null) await voice.ConvertFileAsync(inputs[0], output, options, encoding, bar, cancellationToken);
        else await OneAsync(voice, inputs[0], output, picture, options, encoding, bar, cancellationToken);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\r{output} in {clock.Elapsed.TotalSeconds:F1} s{new string(' ', 40)}"));
    }

    static async Task OneAsync(
        VoiceModel voice, string input, string output, string picture, ConversionOptions options, WavEncoding encoding, Bar bar, CancellationToken cancellationToken)
    {
        var source = await WavFile.ReadAsync(input, cancellationToken: cancellationToken);
        List<ConvertedChunk> chunks = [];
        await foreach (var chunk in voice.ConvertStreamingAsync(source, options, bar, cancellationToken)) chunks.Add(chunk);
        var result = AudioClip.Concatenate([.. chunks.Select(c => c.Audio)]);
        await WavFile.WriteAsync(output, result, encoding, cancellationToken: cancellationToken);
        var hop = voice.Synthesizer?.Config.Decoder.Hop ?? voice.Diffusion!.Config.HopLength;
        await Picture.WriteAsync(picture, source.ToMono(), result, chunks, TimeSpan.FromSeconds(hop / (double)voice.SampleRate), cancellationToken);
    }

    static async Task ManyAsync(
        VoiceModel voice, string[] inputs, string folder, ConversionOptions options, WavEncoding encoding, Bar bar, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        FileConversion[] files = [.. inputs.Select(path => new FileConversion(path, Path.Combine(folder, Path.GetFileName(path))))];
        foreach (var result in await voice.ConvertFilesAsync(files, options, encoding, bar, cancellationToken))
            if (result.Error is { } error) await Console.Error.WriteLineAsync($"\r{error.Message}");
    }

    sealed class Bar : IProgress<ConversionProgress>, IProgress<double>
    {
        public void Report(ConversionProgress value) => Report(value.Fraction);

        public void Report(double value)
        {
            var filled = (int)(value * 30);
            Console.Write(string.Create(CultureInfo.InvariantCulture, $"\r[{new string('#', filled)}{new string('.', 30 - filled)}] {value:P0} "));
        }
    }
}
