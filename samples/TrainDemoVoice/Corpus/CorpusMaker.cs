using System.Text.Json;
using MultiModal.Audio;

namespace TrainDemoVoice.Corpus;

/// <summary>Writes recordings as a user would have them: a folder of WAV files for each voice, and beside each file its text and its phonemes.</summary>
static class CorpusMaker
{
    /// <summary>Makes a folder of a voice; one that is complete already is left as it is.</summary>
    public static async Task MakeAsync(string folder, string voice, IReadOnlyList<string> sentences, int seed, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var done = Path.Combine(folder, "complete");
        if (File.Exists(done)) return;
        var random = new Random(seed);
        for (var i = 0; i < sentences.Count; i++)
        {
            var stem = Path.Combine(folder, $"{i:0000}");
            if (await Voices.SpeakAsync(voice, sentences[i], random, cancellationToken) is not { } spoken) continue;
            await WavFile.WriteAsync($"{stem}.wav", Quieter(spoken.Sound), cancellationToken: cancellationToken);
            await File.WriteAllTextAsync($"{stem}.txt", spoken.Text, cancellationToken);
            var phonemes = new { phonemes = spoken.Phonemes.Select(p => new { phone = p.Phone, start = Math.Round(p.Start, 4), end = Math.Round(p.End, 4) }) };
            await File.WriteAllTextAsync($"{stem}.json", JsonSerializer.Serialize(phonemes), cancellationToken);
        }

        await File.WriteAllTextAsync(done, "", cancellationToken);
    }

    /// <summary>Resampling may go beyond full scale; a peak of 0.9 is left alone by everything.</summary>
    static AudioClip Quieter(AudioClip clip)
    {
        var samples = clip.Channel(0).ToArray();
        var peak = samples.Max(MathF.Abs);
        if (peak > 0.9f)
            for (var i = 0; i < samples.Length; i++) samples[i] *= 0.9f / peak;
        return new(samples, clip.SampleRate);
    }
}
