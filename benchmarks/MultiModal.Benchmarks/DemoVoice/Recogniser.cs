using System.Diagnostics;
using MultiModal.Audio;

namespace MultiModal.Benchmarks.DemoVoice;

/// <summary>Debian's pocketsphinx (package "pocketsphinx", with "pocketsphinx-en-us"), run as a program.</summary>
static class Recogniser
{
    /// <summary>What is heard in speech at 16 kHz.</summary>
    public static async Task<string> HearAsync(AudioClip clip, CancellationToken cancellationToken)
    {
        var file = Path.Combine(Path.GetTempPath(), $"{Path.GetRandomFileName()}.wav");
        try
        {
            await File.WriteAllBytesAsync(file, Plain(clip), cancellationToken);
            var start = new ProcessStartInfo("pocketsphinx_continuous") { RedirectStandardOutput = true, RedirectStandardError = true };
            foreach (var argument in (string[])["-infile", file, "-logfn", "/dev/null"]) start.ArgumentList.Add(argument);
            using var program = Process.Start(start) ?? throw new InvalidOperationException("pocketsphinx could not be started.");
            var heard = await program.StandardOutput.ReadToEndAsync(cancellationToken);
            await program.WaitForExitAsync(cancellationToken);
            return heard;
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>
    /// A WAV file of 16 bits with the header of 44 bytes that pocketsphinx takes every file to have; half a second of silence around the speech, and
    /// one loudness for all.
    /// </summary>
    static byte[] Plain(AudioClip clip)
    {
        const int Silence = 8000;
        var samples = clip.Channel(0);
        var peak = samples.ToArray().Max(MathF.Abs);
        var data = new short[samples.Length + (2 * Silence)];
        for (var i = 0; i < samples.Length; i++) data[Silence + i] = (short)(samples[i] * 0.6f / peak * 32767);
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write("RIFF"u8);
        writer.Write(36 + (2 * data.Length));
        writer.Write("WAVEfmt "u8);
        writer.Write(16);
        foreach (var value in (ReadOnlySpan<short>)[1, 1]) writer.Write(value);
        writer.Write(16000);
        writer.Write(32000);
        foreach (var value in (ReadOnlySpan<short>)[2, 16]) writer.Write(value);
        writer.Write("data"u8);
        writer.Write(2 * data.Length);
        foreach (var value in data) writer.Write(value);
        writer.Flush();
        return stream.ToArray();
    }

    /// <summary>Words inserted, left out and mistaken, and how many there are.</summary>
    public static (int Errors, int Words) Compare(string said, string heard)
    {
        var (a, b) = (Words(said), Words(heard));
        var previous = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var current = new int[b.Length + 1];
            current[0] = i;
            for (var j = 1; j <= b.Length; j++) current[j] = Math.Min(Math.Min(previous[j], current[j - 1]) + 1, previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
            previous = current;
        }

        return (previous[b.Length], a.Length);
    }

    static string[] Words(string text) =>
        new string([.. text.ToLowerInvariant().Select(c => char.IsLetter(c) || c == '\'' ? c : ' ')]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
