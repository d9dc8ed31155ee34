using MultiModal.Runtime.Weights;

namespace MultiModal.Voice.Conversion;

/// <summary>Opens corpora of units by what is in the file.</summary>
static class Corpora
{
    /// <summary>Opens a k-means model (torch.save), a pickle of faiss indexes, or a faiss index.</summary>
    /// <exception cref="InvalidFileException">The file is missing, damaged, or neither.</exception>
    public static UnitCorpus Open(string path)
    {
        if (!File.Exists(path)) throw new InvalidFileException(path, "the file is missing.", remedy: "Clusters come with a model as kmeans_10000.pt, retrieval indexes as feature_and_index.pkl.");
        Span<byte> start = stackalloc byte[4];
        using (var file = File.OpenRead(path)) file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (RetrievalCorpus.IsBare(start)) return RetrievalCorpus.OpenBare(path);
        using var source = WeightFiles.Open(path);
        return (source is TorchCheckpoint pickle ? RetrievalCorpus.Find(pickle) : null) ?? (UnitCorpus)KMeansCorpus.Read(source);
    }
}
