using MultiModal.Audio;
using MultiModal.Voice.Content;

namespace MultiModal.Voice.Training.Data;

/// <summary>Clips with their content units and pitch, ready to train on. Units and pitch are computed once and kept beside the clips.</summary>
public sealed class VoiceDataset
{
    VoiceDataset(IReadOnlyList<VoiceClip> training, IReadOnlyList<VoiceClip> validation, IReadOnlyDictionary<string, int> speakers, string encoder, int channels, VoiceDatasetOptions options) =>
        (Training, Validation, Speakers, EncoderName, ContentChannels, Options) = (training, validation, speakers, encoder, channels, options);

    /// <summary>The speakers' numbers: by name in ordinal order.</summary>
    public IReadOnlyDictionary<string, int> Speakers { get; }

    /// <summary>The content encoder's name.</summary>
    public string EncoderName { get; }

    /// <summary>The length of its units.</summary>
    public int ContentChannels { get; }

    /// <summary>What was computed.</summary>
    public VoiceDatasetOptions Options { get; }

    /// <summary>How many clips are trained on.</summary>
    public int Count => Training.Count;

    /// <summary>Their length.</summary>
    public TimeSpan Duration => TimeSpan.FromSeconds(Training.Sum(c => (double)c.Samples.Length) / Options.SampleRate);

    internal IReadOnlyList<VoiceClip> Training { get; }

    internal IReadOnlyList<VoiceClip> Validation { get; }

    /// <summary>Opens a folder that <see cref="DatasetPreparation"/> made.</summary>
    /// <param name="folder">A folder of WAV files for each speaker.</param>
    /// <param name="encoder">What makes the units.</param>
    /// <param name="options">What to compute; null for the defaults.</param>
    /// <param name="progress">Told how many of the clips are done, from 0 to 1.</param>
    /// <param name="cancellationToken">Stops the work; what was computed is kept.</param>
    /// <exception cref="InvalidFileException">There is no clip, or one of another rate, of several channels, or damaged.</exception>
    public static async Task<VoiceDataset> OpenAsync(
        string folder, IContentEncoder encoder, VoiceDatasetOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(encoder);
        options ??= new();
        if (!Directory.Exists(folder)) throw new InvalidFileException(folder, "the folder is missing.");
        var files = Directory.EnumerateDirectories(folder)
            .SelectMany(speaker => Directory.EnumerateFiles(speaker, "*.wav").Select(path => (Speaker: Path.GetFileName(speaker), Path: path)))
            .OrderBy(f => f.Speaker, StringComparer.Ordinal).ThenBy(f => f.Path, StringComparer.Ordinal).ToList();
        if (files.Count == 0) throw new InvalidFileException(folder, "no speaker's folder in it has a clip.", remedy: "Prepare recordings first.");
        var speakers = SpeakerIds.Of(files.Select(f => f.Speaker));
        var features = await ClipFeatures.CreateAsync(encoder, options, cancellationToken).ConfigureAwait(false);
        var clips = new VoiceClip[files.Count];
        var done = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, files.Count), cancellationToken, async (i, token) =>
        {
            clips[i] = await features.LoadAsync(files[i].Path, speakers[files[i].Speaker], token).ConfigureAwait(false);
            progress?.Report(Interlocked.Increment(ref done) / (double)files.Count);
        }).ConfigureAwait(false);

        // A speaker with a handful of clips keeps at least half of them for training.
        List<VoiceClip> training = [], validation = [];
        foreach (var own in clips.GroupBy(c => c.Speaker))
        {
            var held = Math.Min(options.ValidationClips, own.Count() / 2);
            validation.AddRange(own.Take(held));
            training.AddRange(own.Skip(held));
        }

        return new(training, validation, speakers, encoder.Name, encoder.Channels, options);
    }
}
