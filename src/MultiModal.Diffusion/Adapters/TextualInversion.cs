using System.Security.Cryptography;
using MultiModal.Runtime;
using MultiModal.Runtime.Weights;

namespace MultiModal.Diffusion.Adapters;

/// <summary>
/// A word that was taught to a text encoder (Gal et al. 2022): one or several vectors that stand in a prompt for its name. Immutable and safe for
/// concurrent use.
/// </summary>
public sealed class TextualInversion
{
    /// <summary>The most vectors that fit one chunk of a prompt.</summary>
    const int MostVectors = 75;

    readonly List<(string? Component, int Features, ReadOnlyMemory<float>[] Vectors)> parts;

    TextualInversion(string token, string path, List<(string?, int, ReadOnlyMemory<float>[])> parts) => (Token, Path, this.parts) = (token, path, parts);

    /// <summary>Its name, as it is written in prompts, in either case.</summary>
    public string Token { get; }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Vectors of each text encoder it was taught to, and so the tokens it takes up in a prompt.</summary>
    public int VectorCount => parts.Max(p => p.Vectors.Length);

    /// <summary>The widths of the encoders it was taught to: 768 (Stable Diffusion 1), 1024 (2), 768 and 1280 (SDXL).</summary>
    public IReadOnlyList<int> Features => [.. parts.Select(p => p.Features)];

    /// <summary>Loads one.</summary>
    /// <param name="path">
    /// A file of A1111's (.pt), diffusers' (.bin, .safetensors: a token and its vectors), of SDXL's form (clip_l and clip_g) or kohya's (emb_params).
    /// </param>
    /// <param name="token">How prompts call it. Null for the token that diffusers' files name, or the file's name without its ending.</param>
    /// <param name="cancellationToken">Stops loading.</param>
    /// <exception cref="InvalidFileException">The file is missing, damaged, or holds no textual inversion.</exception>
    /// <exception cref="ArgumentException">The token is white space.</exception>
    public static Task<TextualInversion> LoadAsync(string path, string? token = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (token is not null) ArgumentException.ThrowIfNullOrWhiteSpace(token);
        return Task.Run(() => Load(path, token), cancellationToken);
    }

    /// <summary>The first twelve letters of the file's SHA-256, which A1111 writes as "TI hashes".</summary>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="IOException">The file is no longer there.</exception>
    public async Task<string> HashAsync(CancellationToken cancellationToken = default)
    {
        var stream = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.Asynchronous | FileOptions.SequentialScan);
        await using (stream.ConfigureAwait(false)) return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false))[..12];
    }

    /// <summary>The vectors for an encoder; null where it was not taught.</summary>
    internal ReadOnlyMemory<float>[]? VectorsFor(string component, int features)
    {
        foreach (var (own, width, vectors) in parts)
            if (width == features && (own is null || own == component)) return vectors;
        return null;
    }

    internal static TextualInversion Load(string path, string? token)
    {
        if (!File.Exists(path)) throw new InvalidFileException(path, "there is no such file.", remedy: "Give the file of the textual inversion.");
        using var source = WeightFiles.Open(path);
        var found = new List<(string? Component, WeightTensor Tensor)>();
        var written = (string?)null;
        foreach (var name in source.Names)
        {
            var tensor = source.Get(name);
            switch (name)
            {
                case "clip_l" or "text_encoders_0": found.Add(("text_encoder", tensor)); break;
                case "clip_g" or "text_encoders_1": found.Add(("text_encoder_2", tensor)); break;
                case "emb_params": found.Add((null, tensor)); break;
                case var _ when name.StartsWith("string_to_param.", StringComparison.Ordinal):
                    // A1111 trains one at a time; the original code may have taught several words at once.
                    if (found.Count == 0) found.Add((null, tensor));
                    break;
                case var _ when source.Names.Count == 1:
                    found.Add((null, tensor));
                    written = name;
                    break;
            }
        }

        if (found.Count == 0)
            throw new InvalidFileException(
                path, $"it holds no textual inversion, but {source.Names.Count} tensors{(source.Names.FirstOrDefault() is { } first ? $" (the first is '{first}')" : "")}.",
                remedy: "LoRAs are loaded by LoraWeights.LoadAsync.");
        return new(token ?? written ?? System.IO.Path.GetFileNameWithoutExtension(path), System.IO.Path.GetFullPath(path), [.. found.Select(f => Read(path, f.Component, f.Tensor))]);
    }

    static (string? Component, int Features, ReadOnlyMemory<float>[] Vectors) Read(string path, string? component, WeightTensor tensor)
    {
        var (count, features) = tensor.Dimensions switch
        {
            [var width] => (1L, width),
            [var rows, var width] => (rows, width),
            _ => (0L, 0L),
        };
        if (count is < 1 or > MostVectors || features is < 1 or > 1 << 16 || !tensor.Type.IsFloat())
            throw new InvalidFileException(
                path, $"expected 1 to {MostVectors} vectors of floating-point numbers, found {tensor.Type}[{string.Join(", ", tensor.Dimensions)}].", $"tensor '{tensor.Name}'");
        var values = tensor.ToFloat32().Floats.ToArray();
        return (component, (int)features, [.. Enumerable.Range(0, (int)count).Select(i => (ReadOnlyMemory<float>)values.AsMemory(i * (int)features, (int)features))]);
    }
}
