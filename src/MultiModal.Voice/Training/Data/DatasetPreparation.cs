using System.Globalization;
using MultiModal.Audio;
using MultiModal.Voice.Signal;

namespace MultiModal.Voice.Training.Data;

/// <summary>
/// Makes a training set of recordings: checks each, cuts it at silences, brings it to the model's rate and loudness, and adds variants. What is
/// left out is reported file by file, before any training begins.
/// </summary>
public static class DatasetPreparation
{
    /// <summary>Prepares a folder.</summary>
    /// <param name="recordings">
    /// A folder with a folder of WAV files for each speaker: 16 or 44.1 kHz, 16 bits, one channel. Beside x.wav there may be x.TextGrid or x.json
    /// with the times of its phonemes.
    /// </param>
    /// <param name="output">Where the clips go: a folder for each speaker. Clips of an earlier run are replaced.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="progress">Told how many of the files are done, from 0 to 1.</param>
    /// <param name="cancellationToken">Stops the work; clips written so far stay.</param>
    /// <returns>What became of every file. Bad files are in it, and no exception.</returns>
    /// <exception cref="InvalidFileException">There is no such folder, or no speaker with a WAV file in it.</exception>
    /// <exception cref="ArgumentException">The output lies in the recordings, or an option is out of range.</exception>
    public static async Task<DatasetReport> RunAsync(
        string recordings, string output, DatasetOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(recordings);
        ArgumentException.ThrowIfNullOrEmpty(output);
        options ??= new();
        options.Validate();
        if (!Directory.Exists(recordings)) throw new InvalidFileException(recordings, "the folder is missing.");
        if (Within(output, recordings)) throw new ArgumentException("The clips would be among the recordings and be taken for some at the next run: choose another folder.", nameof(output));
        var files = Directory.EnumerateDirectories(recordings).Order(StringComparer.Ordinal)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.wav", new EnumerationOptions { MatchCasing = MatchCasing.CaseInsensitive })
                .Order(StringComparer.Ordinal).Select(path => (Speaker: Path.GetFileName(folder), Path: path)))
            .ToList();
        if (files.Count == 0) throw new InvalidFileException(recordings, "no speaker's folder in it has a WAV file.", remedy: "Put the recordings of each speaker into a folder named after him.");
        foreach (var speaker in files.Select(f => f.Speaker).Distinct(StringComparer.Ordinal)) Clear(Path.Combine(output, speaker));

        var reports = new FileReport[files.Count];
        var done = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, files.Count), cancellationToken, async (i, token) =>
        {
            reports[i] = await PrepareAsync(files[i].Path, files[i].Speaker, Path.Combine(output, files[i].Speaker), options, token).ConfigureAwait(false);
            progress?.Report(Interlocked.Increment(ref done) / (double)files.Count);
        }).ConfigureAwait(false);
        return new(reports, SpeakerIds.Of(reports.Where(r => r.Clips > 0).Select(r => r.Speaker)));
    }

    static async Task<FileReport> PrepareAsync(string path, string speaker, string output, DatasetOptions options, CancellationToken cancellationToken)
    {
        var recording = await RecordingCheck.ReadAsync(path, options, cancellationToken).ConfigureAwait(false);
        if (recording.Clip is not { } clip) return new(path, speaker, 0, TimeSpan.Zero, recording.Problem, recording.Notes);

        var notes = recording.Notes.ToList();
        var wave = clip.Resample(options.SampleRate).Channel(0).ToArray();
        if (options.NormalizeLoudness) Normalize(wave);
        var (kept, count) = (0L, 0);
        var name = Path.GetFileNameWithoutExtension(path);
        Directory.CreateDirectory(output);
        foreach (var (start, length) in Spans(wave, options, notes))
        {
            var part = wave.AsMemory(start, length);
            var stem = string.Create(CultureInfo.InvariantCulture, $"{name}_{count:000}");
            foreach (var (suffix, samples) in Variants(part, options))
            {
                await WavFile.WriteAsync(Path.Combine(output, $"{stem}{suffix}.wav"), new(samples, options.SampleRate), WavEncoding.Pcm16, cancellationToken).ConfigureAwait(false);
                kept += samples.Length;
            }

            count++;
        }

        var clips = count * (1 + options.Speeds.Count + options.PitchShifts.Count);
        return new(
            path, speaker, clips, TimeSpan.FromSeconds(kept / (double)options.SampleRate),
            count == 0 ? $"no part of it is as long as {options.ShortestClip.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s." : null, notes);
    }

    /// <summary>Pieces without long silences, none too long; what is too short is left out, with a note.</summary>
    static List<(int Start, int Length)> Spans(float[] wave, DatasetOptions options, List<string> notes)
    {
        var shortest = (int)(options.ShortestClip.TotalSeconds * options.SampleRate);
        var longest = (int)(options.LongestClip.TotalSeconds * options.SampleRate);
        var slicer = new SilenceSlicer(options.SampleRate, new() { ThresholdDb = options.SilenceThresholdDb, MaxSilenceKept = TimeSpan.FromSeconds(0.5) });
        var spans = new List<(int Start, int Length)>();
        foreach (var span in slicer.Slice(wave).Where(s => !s.IsSilence && s.Length > 0))
        {
            // Equal parts, so that no short rest is left.
            var parts = ((span.Length - 1) / longest) + 1;
            for (var i = 0; i < parts; i++)
            {
                var start = span.Start + (int)((long)span.Length * i / parts);
                var length = span.Start + (int)((long)span.Length * (i + 1) / parts) - start;
                if (length >= shortest) spans.Add((start, length));
                else notes.Add(string.Create(CultureInfo.InvariantCulture, $"a part of {length / (double)options.SampleRate:0.00} s at {start / (double)options.SampleRate:0.00} s is too short and was left out."));
            }
        }

        return spans;
    }

    static IEnumerable<(string Suffix, float[] Samples)> Variants(ReadOnlyMemory<float> part, DatasetOptions options)
    {
        yield return ("", part.ToArray());
        foreach (var speed in options.Speeds)
            yield return (string.Create(CultureInfo.InvariantCulture, $"_speed{speed:0.00}"), Augmentation.ChangeSpeed(part.Span, options.SampleRate, speed));
        foreach (var shift in options.PitchShifts)
            yield return (string.Create(CultureInfo.InvariantCulture, $"_pitch{shift:+0.00;-0.00}"), Augmentation.ShiftPitch(part.Span, options.SampleRate, shift));
    }

    static void Normalize(float[] wave)
    {
        var peak = wave.Max(MathF.Abs);
        // Full scale in 16 bits is 32767; just below it nothing is cut off.
        for (var i = 0; i < wave.Length; i++) wave[i] *= 0.9999f / peak;
    }

    static void Clear(string folder)
    {
        if (!Directory.Exists(folder)) return;
        foreach (var clip in Directory.EnumerateFiles(folder, "*.wav")) File.Delete(clip);
    }

    static bool Within(string inner, string outer)
    {
        var (a, b) = (Path.GetFullPath(inner).TrimEnd(Path.DirectorySeparatorChar), Path.GetFullPath(outer).TrimEnd(Path.DirectorySeparatorChar));
        return a == b || a.StartsWith(b + Path.DirectorySeparatorChar, StringComparison.Ordinal);
    }
}
