using MultiModal.Runtime;
using MultiModal.Runtime.Random;
using MultiModal.Runtime.Sessions;
using MultiModal.Runtime.Weights;
using MultiModal.Voice.Content;

namespace MultiModal.Voice.Conversion;

/// <summary>
/// Makes clusters and retrieval indexes of speakers' own sounds, in the files So-VITS-SVC and this SDK read (<see cref="VoiceModelOptions.ClusterPath"/>).
/// </summary>
public sealed class UnitCorpusBuilder
{
    // As the original builds indexes: more vectors than these are first clustered to so many, and a list has 39 vectors at least.
    const int MostVectors = 200_000, ReducedVectors = 10_000, LeastInList = 39;

    // How often faiss moves the centres of lists.
    const int IndexIterations = 10;

    readonly Dictionary<string, (int Number, List<float[]> Vectors, int Count)> speakers = new(StringComparer.Ordinal);
    readonly RuntimeOptions? options;
    int channels;

    /// <summary>Makes an empty corpus.</summary>
    /// <param name="options">Devices and threads.</param>
    public UnitCorpusBuilder(RuntimeOptions? options = null) => this.options = options;

    /// <summary>Adds what a speaker said.</summary>
    /// <param name="speaker">The speaker's name as in config.json.</param>
    /// <param name="number">The speaker's number as in config.json.</param>
    /// <param name="units">Content units of a sound, by the encoder the model was trained with.</param>
    /// <exception cref="ArgumentException">The units have another length than those before, the speaker had another number, or a value is no number.</exception>
    public void Add(string speaker, int number, ContentUnits units)
    {
        ArgumentException.ThrowIfNullOrEmpty(speaker);
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentNullException.ThrowIfNull(units);
        if (channels != 0 && units.Channels != channels) throw new ArgumentException($"The units have {units.Channels} channels, those before {channels}.", nameof(units));
        if (units.Values.Length != (long)units.Channels * units.Frames) throw new ArgumentException($"{units.Values.Length} values are not {units.Frames} units of {units.Channels} channels.", nameof(units));
        if (!Array.TrueForAll(units.Values, float.IsFinite)) throw new ArgumentException("A value of the units is not a number.", nameof(units));
        var known = speakers.GetValueOrDefault(speaker, (number, [], 0));
        if (known.Number != number) throw new ArgumentException($"'{speaker}' is number {known.Number}, not {number}.", nameof(number));
        channels = units.Channels;
        var rows = new float[units.Values.Length];
        for (var c = 0; c < channels; c++)
            for (var t = 0; t < units.Frames; t++) rows[(t * channels) + c] = units.Values[(c * units.Frames) + t];
        known.Vectors.Add(rows);
        speakers[speaker] = (number, known.Vectors, known.Count + units.Frames);
    }

    /// <summary>Clusters each speaker's units and writes kmeans_*.pt.</summary>
    /// <param name="path">The file, for instance kmeans_10000.pt.</param>
    /// <param name="clusters">How many centres a speaker has; 10000 by default, and never more than there are units.</param>
    /// <param name="iterations">How often centres are moved at most; 80 by default.</param>
    /// <param name="seed">Which units are the first centres.</param>
    /// <param name="progress">Told the part that is done.</param>
    /// <param name="cancellationToken">Stops the clustering; no file is written.</param>
    /// <exception cref="InvalidOperationException">There are no units.</exception>
    public async Task WriteClustersAsync(
        string path, int clusters = 10_000, int iterations = 80, ulong seed = 1234, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(clusters, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(iterations, 1);
        var root = new Dictionary<string, object>(StringComparer.Ordinal);
        await ForEachAsync(async (kmeans, speaker, part) =>
        {
            var centres = await kmeans.FindAsync(Vectors(speaker), clusters, iterations, new TorchRandom(seed), part, cancellationToken).ConfigureAwait(false);
            root[speaker] = new Dictionary<string, object>
            {
                ["n_features_in_"] = (long)channels, ["_n_threads"] = 4L, ["cluster_centers_"] = new NumpyArray(TensorData.Of(centres, centres.Length / channels, channels)),
            };
        }, progress, cancellationToken).ConfigureAwait(false);
        TorchWriter.Write(path, root, cancellationToken);
    }

    /// <summary>Indexes each speaker's units and writes feature_and_index.pkl, or for a name that ends with .index faiss' own file of the one speaker, as RVC has it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="seed">Which units are the first centres of lists.</param>
    /// <param name="progress">Told the part that is done.</param>
    /// <param name="cancellationToken">Stops the indexing; no file is written.</param>
    /// <exception cref="InvalidOperationException">There are no units, or several speakers for a file that holds one.</exception>
    public async Task WriteIndexAsync(string path, ulong seed = 1234, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var bare = path.EndsWith(".index", StringComparison.OrdinalIgnoreCase);
        if (bare && speakers.Count > 1) throw new InvalidOperationException("A .index file holds one speaker: write a .pkl, or each speaker by itself.");
        var indexes = new Dictionary<int, byte[]>();
        await ForEachAsync(async (kmeans, speaker, part) =>
        {
            var vectors = Vectors(speaker);
            var random = new TorchRandom(seed);
            if (vectors.Length / channels > MostVectors) vectors = await kmeans.FindAsync(vectors, ReducedVectors, IndexIterations, random, null, cancellationToken).ConfigureAwait(false);
            var count = vectors.Length / channels;
            var lists = Math.Max(1, Math.Min((int)(16 * Math.Sqrt(count)), count / LeastInList));
            var centres = await kmeans.FindAsync(vectors, lists, IndexIterations, random, part, cancellationToken).ConfigureAwait(false);
            var nearest = await kmeans.NearestAsync(vectors, centres, cancellationToken).ConfigureAwait(false);
            indexes[speakers[speaker].Number] = FaissIndex.Build(channels, centres, vectors, nearest).Write();
        }, progress, cancellationToken).ConfigureAwait(false);
        await File.WriteAllBytesAsync(path + ".partial", bare ? indexes.Values.Single() : FaissPickle.Write(indexes), cancellationToken).ConfigureAwait(false);
        File.Move(path + ".partial", path, overwrite: true);
    }

    async Task ForEachAsync(Func<KMeans, string, IProgress<double>?, Task> work, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        if (speakers.Values.Sum(s => s.Count) == 0) throw new InvalidOperationException("There are no units: add some first.");
        await using var kmeans = await KMeans.CreateAsync(channels, options, cancellationToken).ConfigureAwait(false);
        var done = 0;
        foreach (var (speaker, (_, _, count)) in speakers)
        {
            if (count > 0) await work(kmeans, speaker, progress is null ? null : new Part(progress, done, speakers.Count)).ConfigureAwait(false);
            progress?.Report(++done / (double)speakers.Count);
        }
    }

    float[] Vectors(string speaker)
    {
        var (_, parts, count) = speakers[speaker];
        var vectors = new float[checked(count * channels)];
        var at = 0;
        foreach (var part in parts)
        {
            part.CopyTo(vectors, at);
            at += part.Length;
        }

        return vectors;
    }

    /// <summary>The progress of one speaker as a part of the whole.</summary>
    sealed class Part(IProgress<double> whole, int before, int count) : IProgress<double>
    {
        public void Report(double value) => whole.Report((before + value) / count);
    }
}
