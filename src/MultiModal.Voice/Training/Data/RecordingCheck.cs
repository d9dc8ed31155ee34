using System.Globalization;
using MultiModal.Audio;

namespace MultiModal.Voice.Training.Data;

/// <summary>Whether a recording is fit for training, and why not.</summary>
/// <param name="Clip">Its sound, where it is fit.</param>
/// <param name="Problem">Why it is not; null where it is.</param>
/// <param name="Notes">What is remarkable about it all the same.</param>
sealed record RecordingCheck(AudioClip? Clip, string? Problem, IReadOnlyList<string> Notes)
{
    const float FullScale = 32700f / 32768;

    public static async Task<RecordingCheck> ReadAsync(string path, DatasetOptions options, CancellationToken cancellationToken)
    {
        try
        {
            WavEncoding encoding;
            await using (var reader = await WavReader.OpenAsync(path, cancellationToken: cancellationToken).ConfigureAwait(false))
            {
                if (reader.Format.Channels != 1) return Bad($"it has {reader.Format.Channels} channels; recordings have one. Mix it down first.");
                if (!options.AcceptedRates.Contains(reader.Format.SampleRate))
                    return Bad($"its rate is {reader.Format.SampleRate} Hz; expected is {string.Join(" or ", options.AcceptedRates)} Hz. Resample it first.");
                encoding = reader.Encoding;
            }

            if (encoding != WavEncoding.Pcm16) return Bad($"its samples are stored as {encoding}; expected are 16 bits (Pcm16).");
            var clip = await WavFile.ReadAsync(path, cancellationToken: cancellationToken).ConfigureAwait(false);
            if (clip.FrameCount == 0) return Bad("it has no samples.");
            var peak = 0f;
            var clipped = 0;
            foreach (var sample in clip.Channel(0))
            {
                peak = Math.Max(peak, Math.Abs(sample));
                if (Math.Abs(sample) >= FullScale) clipped++;
            }

            if (peak < Math.Pow(10, options.SilenceThresholdDb / 20)) return Bad(string.Create(CultureInfo.InvariantCulture, $"it is silent: nothing is louder than {options.SilenceThresholdDb} dB."));
            if (clip.Duration < options.ShortestClip) return Bad(string.Create(CultureInfo.InvariantCulture, $"it is {clip.Duration.TotalSeconds:0.00} s long; the least is {options.ShortestClip.TotalSeconds} s."));
            List<string> notes = [];
            if (clipped > clip.FrameCount / 1000) notes.Add(string.Create(CultureInfo.InvariantCulture, $"{100.0 * clipped / clip.FrameCount:0.0} % of its samples are at full scale: it is overdriven."));
            if (await CheckPhonemesAsync(path, clip.Duration, cancellationToken).ConfigureAwait(false) is { } mismatch) notes.Add(mismatch);
            return new(clip, null, notes);
        }
        catch (InvalidFileException e)
        {
            return Bad(e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Bad($"it cannot be read: {e.Message}");
        }
    }

    /// <summary>What is wrong with the time stamps beside a recording; null where there are none, or good ones.</summary>
    static async Task<string?> CheckPhonemesAsync(string path, TimeSpan duration, CancellationToken cancellationToken)
    {
        foreach (var extension in (string[])[".TextGrid", ".json"])
        {
            var beside = Path.ChangeExtension(path, extension);
            if (!File.Exists(beside)) continue;
            try
            {
                var problem = PhonemeTimes.Check(await PhonemeTimes.LoadAsync(beside, cancellationToken).ConfigureAwait(false), duration);
                return problem is null ? null : $"{Path.GetFileName(beside)} does not fit: {problem}";
            }
            catch (InvalidFileException e)
            {
                return e.Message;
            }
        }

        return null;
    }

    static RecordingCheck Bad(string problem) => new(null, problem, []);
}
