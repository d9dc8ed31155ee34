namespace MultiModal.Voice.Conversion;

/// <summary>Opens corpora of units by what is in the file.</summary>
static class Corpora
{
    /// <summary>Opens a k-means model (torch.save) or a pickle of faiss indexes.</summary>
    /// <exception cref="InvalidFileException">The file is missing, damaged, or neither.</exception>
    public static UnitCorpus Open(string path)
    {
        if (!File.Exists(path)) throw new InvalidFileException(path, "the file is missing.", remedy: "Clusters come with a model as kmeans_10000.pt, retrieval indexes as feature_and_index.pkl.");
        return KMeansCorpus.Open(path);
    }
}
