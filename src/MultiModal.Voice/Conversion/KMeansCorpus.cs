using System.Numerics.Tensors;
using MultiModal.Runtime.Weights;

namespace MultiModal.Voice.Conversion;

/// <summary>Cluster centres of each speaker's units: kmeans_*.pt, {speaker: {"cluster_centers_": [count, channels], ...}}.</summary>
sealed class KMeansCorpus : UnitCorpus
{
    const string Suffix = ".cluster_centers_";

    readonly Dictionary<string, Centres> speakers = new(StringComparer.Ordinal);
    readonly string file;

    KMeansCorpus(string file) => this.file = file;

    /// <summary>Reads the centres of a file.</summary>
    /// <exception cref="InvalidFileException">It is damaged, or holds no centres.</exception>
    public static KMeansCorpus Read(IWeightSource source)
    {
        var path = source.Name;
        var corpus = new KMeansCorpus(path);
        foreach (var name in source.Names.Where(n => n.EndsWith(Suffix, StringComparison.Ordinal)))
        {
            var tensor = source.Get(name);
            if (tensor.Dimensions is not [> 0, > 0 and < 1 << 16]) throw new InvalidFileException(path, "centres are a table.", name);
            corpus.speakers[name[..^Suffix.Length]] = new(tensor.ToFloat32().Floats.ToArray(), (int)tensor.Dimensions[1]);
        }

        return corpus.speakers.Count > 0 ? corpus
            : throw new InvalidFileException(path, "the file holds no cluster centres.", remedy: "Expected is kmeans_*.pt of So-VITS-SVC.");
    }

    public override void Nearest(string speaker, int number, ReadOnlySpan<float> unit, Span<float> result)
    {
        if (!speakers.TryGetValue(speaker, out var centres))
            throw new VoiceConversionException($"{file} has no clusters of '{speaker}'; it has: {string.Join(", ", speakers.Keys)}.");
        if (centres.Channels != unit.Length)
            throw new VoiceConversionException($"{file} has clusters of {centres.Channels} channels; the model's units have {unit.Length}.");
        centres.Find(unit).CopyTo(result);
    }

    sealed class Centres
    {
        readonly float[] values, halves;

        public Centres(float[] values, int channels)
        {
            this.values = values;
            Channels = channels;
            halves = new float[values.Length / channels];
            for (var i = 0; i < halves.Length; i++) halves[i] = 0.5f * TensorPrimitives.SumOfSquares<float>(values.AsSpan(i * channels, channels));
        }

        public int Channels { get; }

        /// <summary>The centre at the least distance: |x - c|^2 / 2 is least where c.x - |c|^2 / 2 is largest.</summary>
        public ReadOnlySpan<float> Find(ReadOnlySpan<float> unit)
        {
            var (best, score) = (0, float.NegativeInfinity);
            for (var i = 0; i < halves.Length; i++)
            {
                var value = TensorPrimitives.Dot(values.AsSpan(i * Channels, Channels), unit) - halves[i];
                if (value > score) (best, score) = (i, value);
            }

            return values.AsSpan(best * Channels, Channels);
        }
    }
}
