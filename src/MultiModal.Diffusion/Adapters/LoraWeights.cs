using System.Security.Cryptography;
using MultiModal.Runtime;
using MultiModal.Runtime.Weights;

namespace MultiModal.Diffusion.Adapters;

/// <summary>
/// An adapter: LoRA, LoCon, LoHa, LoKr, DoRA, IA3, GLoRA, OFT or full differences, as kohya's scripts, LyCORIS, PEFT, and diffusers of any age
/// save them. Immutable and safe for concurrent use; requests name it in <see cref="Generation.ImageRequest.Loras"/>.
/// </summary>
public sealed class LoraWeights : IDisposable
{
    static long last;
    readonly string path;
    IReadOnlyList<LoraModule>? modules;
    string? fileHash, weightsHash;

    LoraWeights(string path, string name, IReadOnlyList<LoraModule> modules, IReadOnlyList<string> unknown, IReadOnlyDictionary<string, string> metadata)
    {
        (this.path, Name, this.modules, UnknownKeys) = (path, name, modules, unknown);
        Metadata = new(metadata);
        Id = Interlocked.Increment(ref last);
        Kinds = [.. modules.Select(m => m.Kind).Distinct().Order()];
        LayerCount = modules.Count;
        IsDecomposed = modules.Any(m => m.IsDecomposed);
        MaximumRank = modules.Max(m => m.Rank);
        ByteLength = modules.Sum(m => m.ByteLength);
    }

    /// <summary>The file's name without its ending, as prompts call it.</summary>
    public string Name { get; }

    /// <summary>The file.</summary>
    public string Path => path;

    /// <summary>What the file says of itself.</summary>
    public LoraMetadata Metadata { get; }

    /// <summary>The ways in which it changes layers.</summary>
    public IReadOnlyList<LoraKind> Kinds { get; }

    /// <summary>Whether it decomposes weights into directions and magnitudes (DoRA).</summary>
    public bool IsDecomposed { get; }

    /// <summary>Layers it changes.</summary>
    public int LayerCount { get; }

    /// <summary>The largest rank of its layers; 0 for kinds without ranks.</summary>
    public int MaximumRank { get; }

    /// <summary>Bytes of its tensors, as stored and held.</summary>
    public long ByteLength { get; }

    /// <summary>Tensors of the file whose names are of no known format: nothing uses them.</summary>
    public IReadOnlyList<string> UnknownKeys { get; }

    /// <summary>Tells loaded adapters apart.</summary>
    internal long Id { get; }

    /// <summary>Its layers.</summary>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    internal IReadOnlyList<LoraModule> Modules => modules ?? throw new ObjectDisposedException(nameof(LoraWeights), $"The LoRA '{Name}' was disposed.");

    /// <summary>Loads an adapter into memory, as it is stored.</summary>
    /// <param name="path">
    /// The file (.safetensors, .pt, .bin, .ckpt), or a folder that holds pytorch_lora_weights.safetensors or adapter_model.safetensors.
    /// </param>
    /// <param name="cancellationToken">Stops loading.</param>
    /// <exception cref="InvalidFileException">The file is missing, damaged, or holds no adapter.</exception>
    public static Task<LoraWeights> LoadAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Task.Run(() => Load(FileOf(path), cancellationToken), cancellationToken);
    }

    /// <summary>The SHA-256 of the file, in hexadecimal. Its first ten letters are what A1111 calls the hash.</summary>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="IOException">The file is no longer there.</exception>
    public async Task<string> FileHashAsync(CancellationToken cancellationToken = default) =>
        fileHash ??= await HashAsync(skipHeader: false, cancellationToken).ConfigureAwait(false);

    /// <summary>
    /// The SHA-256 of the tensors alone, which stays the same when metadata is edited (kohya's "sshs_model_hash"); its first twelve letters are what
    /// A1111 writes as "Lora hashes". For files that are not .safetensors: that of the file.
    /// </summary>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="IOException">The file is no longer there.</exception>
    public async Task<string> WeightsHashAsync(CancellationToken cancellationToken = default) =>
        weightsHash ??= await HashAsync(skipHeader: true, cancellationToken).ConfigureAwait(false);

    /// <summary>Lets go of the tensors. Requests under way are not disturbed; later ones cannot use it.</summary>
    public void Dispose() => modules = null;

    static LoraWeights Load(string path, CancellationToken cancellationToken)
    {
        using var source = WeightFiles.Open(path);
        var metadata = source is SafetensorsFile file ? file.Metadata : new Dictionary<string, string>();
        var (layers, unknown) = (new OrderedDictionary<string, LoraModule>(StringComparer.Ordinal), new List<string>());
        foreach (var name in source.Names)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!LoraKeys.TrySplit(name, layer => source.Find($"{layer}.on_input") is not null, out var layer, out var role))
            {
                unknown.Add(name);
                continue;
            }

            if (!layers.TryGetValue(layer, out var module)) layers.Add(layer, module = new(path, layer));
            var tensor = source.Get(name);
            if (!tensor.Type.IsFloat() && tensor.Length != 1) throw new InvalidFileException(path, $"expected floating-point numbers, found {tensor.Type}.", $"tensor '{name}'");
            if (!module.Add(role, name, tensor.ToTensorData())) unknown.Add(name);
        }

        if (layers.Count == 0)
            throw new InvalidFileException(
                path, "it holds no LoRA or other adapter of a known format.", unknown.Count > 0 ? $"tensor '{unknown[0]}'" : null,
                "Whole models are loaded by DiffusionModel.LoadAsync, textual inversions by TextualInversion.LoadAsync.");
        var settings = PeftSettings.Of(path, metadata);
        foreach (var module in layers.Values) settings.ApplyTo(module);
        return new(path, NameOf(path), [.. layers.Values], unknown, metadata);
    }

    static string FileOf(string path)
    {
        if (!Directory.Exists(path))
            return File.Exists(path) ? System.IO.Path.GetFullPath(path) : throw new InvalidFileException(path, "there is no such file.", remedy: "Give the file of the adapter, or its folder.");
        foreach (var name in (string[])["pytorch_lora_weights.safetensors", "adapter_model.safetensors", "pytorch_lora_weights.bin", "adapter_model.bin"])
            if (System.IO.Path.Combine(path, name) is var file && File.Exists(file)) return System.IO.Path.GetFullPath(file);
        throw new InvalidFileException(path, "the folder holds no adapter (pytorch_lora_weights.safetensors, adapter_model.safetensors).", remedy: "Name the file itself.");
    }

    /// <summary>The file's name; that of its folder where all such files have the same.</summary>
    static string NameOf(string path)
    {
        var name = System.IO.Path.GetFileNameWithoutExtension(path);
        return name is "pytorch_lora_weights" or "adapter_model" && System.IO.Path.GetFileName(System.IO.Path.GetDirectoryName(path)) is { Length: > 0 } folder ? folder : name;
    }

    async Task<string> HashAsync(bool skipHeader, CancellationToken cancellationToken)
    {
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16, FileOptions.Asynchronous | FileOptions.SequentialScan);
        await using (stream.ConfigureAwait(false))
        {
            var length = new byte[9];
            var read = skipHeader ? await stream.ReadAtLeastAsync(length, length.Length, false, cancellationToken).ConfigureAwait(false) : 0;
            var header = read == length.Length && length[8] == (byte)'{' ? BitConverter.ToInt64(length) : -8;
            stream.Position = header >= -8 && header <= stream.Length - 8 ? header + 8 : 0;
            return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false));
        }
    }
}
