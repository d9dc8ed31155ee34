using System.Diagnostics;
using System.Globalization;
using MultiModal.Audio;
using MultiModal.Voice.Training.Data;

namespace TrainDemoVoice.Corpus;

/// <summary>A voice of flite (Debian's package "flite"), run as a program.</summary>
static class FliteVoice
{
    /// <summary>Speaks a sentence.</summary>
    /// <param name="voice">rms, slt, awb, kal16 ...</param>
    /// <param name="text">The sentence.</param>
    /// <param name="stretch">By how much longer it takes; 1 for the voice's own pace.</param>
    /// <param name="cancellationToken">Stops the program.</param>
    public static async Task<Utterance> SpeakAsync(string voice, string text, double stretch, CancellationToken cancellationToken)
    {
        var file = Path.Combine(Path.GetTempPath(), $"{Path.GetRandomFileName()}.wav");
        try
        {
            var start = new ProcessStartInfo("flite") { RedirectStandardOutput = true };
            foreach (var argument in (string[])["-voice", voice, "--setf", FormattableString.Invariant($"duration_stretch={stretch:0.##}"), "-psdur", "-t", text, "-o", file])
                start.ArgumentList.Add(argument);
            using var program = Process.Start(start) ?? throw new InvalidOperationException("flite could not be started.");
            var phones = await program.StandardOutput.ReadToEndAsync(cancellationToken);
            await program.WaitForExitAsync(cancellationToken);
            if (program.ExitCode != 0) throw new InvalidOperationException($"flite ended with {program.ExitCode}.");
            var clip = await WavFile.ReadAsync(file, cancellationToken: cancellationToken);
            return new($"flite-{voice}", text, clip.Resample(16000), Parse(phones));
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>"pau:0.158 dh:0.279": phonemes with their ends.</summary>
    static List<PhonemeInterval> Parse(string phones)
    {
        var intervals = new List<PhonemeInterval>();
        var last = 0.0;
        foreach (var entry in phones.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = entry.LastIndexOf(':');
            var end = double.Parse(entry.AsSpan(colon + 1), CultureInfo.InvariantCulture);
            intervals.Add(new(entry[..colon], last, end));
            last = end;
        }

        return intervals;
    }
}
