using MultiModal.Runtime.Weights;
using MultiModal.Runtime.Weights.Pickles;

namespace MultiModal.Voice.Conversion;

/// <summary>Retrieval indexes of each speaker's units: feature_and_index.pkl, a pickle of {number: faiss index}, or RVC's bare .index of one speaker.</summary>
sealed class RetrievalCorpus : UnitCorpus
{
    readonly Dictionary<long, FaissIndex> indexes = [];
    readonly FaissIndex? only;
    readonly string file;

    RetrievalCorpus(string file, FaissIndex? only = null) => (this.file, this.only) = (file, only);

    /// <summary>Whether bytes begin like faiss' own file.</summary>
    public static bool IsBare(ReadOnlySpan<byte> start) => start.StartsWith("IwFl"u8);

    /// <summary>Reads faiss' own file.</summary>
    /// <exception cref="InvalidFileException">It is damaged, or larger than 2 GB.</exception>
    public static RetrievalCorpus OpenBare(string path) => new FileInfo(path).Length <= Array.MaxLength
        ? new(path, FaissIndex.Read(File.ReadAllBytes(path), path))
        : throw new InvalidFileException(path, "an index of more than 2 GB is not supported.");

    /// <summary>The indexes of a pickle, or null where it holds none.</summary>
    /// <exception cref="InvalidFileException">An index is damaged.</exception>
    public static RetrievalCorpus? Find(TorchCheckpoint pickle)
    {
        if (pickle.Root is not PickleDictionary root) return null;
        var corpus = new RetrievalCorpus(pickle.Name);
        foreach (var (key, value) in root)
        {
            if (key is long number && value is PickleObject { State: PickleDictionary state } && state.TryGet<byte[]>("this", out var bytes))
                corpus.indexes[number] = FaissIndex.Read(bytes, pickle.Name);
        }

        return corpus.indexes.Count > 0 ? corpus : null;
    }

    public override void Nearest(string speaker, int number, ReadOnlySpan<float> unit, Span<float> result)
    {
        var index = only ?? indexes.GetValueOrDefault(number)
            ?? throw new VoiceConversionException($"{file} has no index of speaker {number} ('{speaker}'); it has: {string.Join(", ", indexes.Keys)}.");
        if (index.Dimensions != unit.Length)
            throw new VoiceConversionException($"{file} has units of {index.Dimensions} channels; the model's have {unit.Length}.");
        if (!index.Blend(unit, result)) unit.CopyTo(result);
    }
}
