using System.Text.Json;

namespace MultiModal.Runtime.Weights;

/// <summary>A model in several files, which an index (*.safetensors.index.json, *.bin.index.json) joins.</summary>
public sealed class ShardedWeights : IWeightSource
{
    const int LongestIndex = 16 << 20;
    const int MostShards = 1000;

    readonly OrderedDictionary<string, IWeightSource> shardOf = new(StringComparer.Ordinal);
    readonly Dictionary<string, IWeightSource> shards = new(StringComparer.Ordinal);

    ShardedWeights(string path) => Name = Path.GetFullPath(path);

    /// <summary>The index's full path.</summary>
    public string Name { get; }

    /// <inheritdoc/>
    /// <remarks>In the order of the index.</remarks>
    public IReadOnlyCollection<string> Names => shardOf.Keys;

    /// <summary>Opens an index and every file it names.</summary>
    /// <param name="path">The index.</param>
    /// <returns>The weights; dispose them when no tensor is needed any more.</returns>
    /// <exception cref="InvalidFileException">
    /// The index is not the JSON it should be, names a file outside its folder or one that is missing or damaged, or a tensor that its
    /// file does not hold.
    /// </exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static ShardedWeights Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var weights = new ShardedWeights(path);
        try
        {
            weights.Read();
            return weights;
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public WeightTensor? Find(string name) => shardOf.TryGetValue(name, out var shard) ? shard.Find(name) : null;

    /// <summary>Closes every file. Tensors of them can no longer be read.</summary>
    public void Dispose()
    {
        foreach (var shard in shards.Values)
            shard.Dispose();
    }

    void Read()
    {
        byte[] text;
        using (var file = new RandomAccessFile(Name))
        {
            if (file.Length > LongestIndex)
                throw Error($"The index has {file.Length} bytes; the limit is {LongestIndex}.");
            text = file.ReadBytes(0, (int)file.Length);
        }

        try
        {
            using var index = JsonDocument.Parse(text);
            if (index.RootElement.ValueKind != JsonValueKind.Object
                || !index.RootElement.TryGetProperty("weight_map", out var map) || map.ValueKind != JsonValueKind.Object)
            {
                throw Error("The index has no 'weight_map'.", remedy: "A configuration was perhaps named in place of weights.");
            }

            foreach (var entry in map.EnumerateObject())
                Add(entry.Name, entry.Value.ValueKind == JsonValueKind.String ? entry.Value.GetString()! : throw Error("A file's name is no string.", entry.Name));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new InvalidFileException(Name, "The index is not valid JSON.", innerException: error);
        }
    }

    void Add(string tensor, string shardName)
    {
        if (!shards.TryGetValue(shardName, out var shard))
        {
            if (shards.Count == MostShards)
                throw Error($"The index names more than {MostShards} files.");
            shards.Add(shardName, shard = OpenShard(tensor, shardName));
        }

        if (shard.Find(tensor) is null)
            throw Error($"The file '{shardName}' does not hold it.", tensor);
        if (!shardOf.TryAdd(tensor, shard))
            throw Error("The name occurs twice.", tensor);
    }

    IWeightSource OpenShard(string tensor, string shardName)
    {
        // A plain name beside the index and nothing else: an index from a stranger must not reach into other folders.
        if (shardName.Length is 0 or > 255 || shardName is "." or ".." || shardName.AsSpan().IndexOfAny("/\\:\0") >= 0
            || shardName.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            throw Error("A file's name is no plain name of a file beside the index.", tensor);
        }

        var path = Path.Combine(Path.GetDirectoryName(Name)!, shardName);
        return File.Exists(path)
            ? shardName.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase) ? SafetensorsFile.Open(path) : TorchCheckpoint.Open(path)
            : throw Error($"The file '{shardName}' is missing.", tensor, "Every file that the index names has to be beside it.");
    }

    InvalidFileException Error(string problem, string? tensor = null, string? remedy = null) =>
        new(Name, problem, tensor is null ? null : $"tensor '{(tensor.Length > 200 ? tensor[..200] + "…" : tensor)}'", remedy);
}
