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
            // Silence around it, as the recogniser expects, and one loudness for all.
            var peak = clip.Channel(0).ToArray().Max(MathF.Abs);
            var samples = new float[clip.FrameCount + 16000];
            for (var i = 0; i < clip.FrameCount; i++) samples[8000 + i] = clip.Channel(0)[i] * 0.6f / peak;
            await WavFile.WriteAsync(file, new(samples, 16000), cancellationToken: cancellationToken);
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
