using System.Text.Json.Nodes;
using MultiModal.Runtime;

namespace MultiModal.Diffusion.Safety.Keras;

/// <summary>
/// A network as TensorFlow.js keeps it: the layers of Keras in model.json, and weights in shards of bytes, often quantised. Read from a folder with
/// model.json and .bin files, or from the scripts that npm packages make of them (model.min.js, GROUP.min.js with base64).
/// </summary>
sealed class LayersModel
{
    const long LargestFile = 256 << 20;
    const int MostWeights = 10_000;

    LayersModel(string file, IReadOnlyList<JsonObject> layers, IReadOnlyDictionary<string, TensorData> weights) => (File, Layers, Weights) = (file, layers, weights);

    public string File { get; }

    /// <summary>The layers in the order in which they can be computed.</summary>
    public IReadOnlyList<JsonObject> Layers { get; }

    /// <summary>Weights by name, as float32.</summary>
    public IReadOnlyDictionary<string, TensorData> Weights { get; }

    /// <exception cref="InvalidFileException">A file is missing, damaged, or of a kind that is not known here.</exception>
    public static async Task<LayersModel> LoadAsync(string folder, CancellationToken cancellationToken)
    {
        var file = ((string[])["model.json", "model.min.js"]).Select(n => Path.Combine(folder, n)).FirstOrDefault(System.IO.File.Exists)
            ?? throw new InvalidFileException(
                folder, "there is neither model.json nor model.min.js here.", remedy: "Take the folder dist/models/mobilenet_v2 of the npm package nsfwjs.");
        var root = await ReadLiteralAsync(file, cancellationToken).ConfigureAwait(false);
        try
        {
            var topology = root["modelTopology"] ?? throw new InvalidFileException(file, "it has no modelTopology.");
            var layers = (topology["model_config"] ?? topology)["config"]?["layers"]?.AsArray() ?? throw new InvalidFileException(file, "its modelTopology has no layers of Keras.");
            var weights = new Dictionary<string, TensorData>(StringComparer.Ordinal);
            foreach (var group in root["weightsManifest"]?.AsArray() ?? throw new InvalidFileException(file, "it has no weightsManifest."))
            {
                var bytes = await ReadShardsAsync(file, group!["paths"]!.AsArray(), cancellationToken).ConfigureAwait(false);
                ReadWeights(file, group["weights"]!.AsArray(), bytes, weights);
            }

            return new(file, [.. layers.Select(l => l!.AsObject())], weights);
        }
        catch (Exception error) when (error is InvalidOperationException or NullReferenceException or FormatException or KeyNotFoundException or OverflowException)
        {
            throw new InvalidFileException(file, "it is not laid out as TensorFlow.js lays models out.", innerException: error);
        }
    }

    static async Task<JsonNode> ReadLiteralAsync(string file, CancellationToken cancellationToken) =>
        ScriptLiteral.Exported(file, System.Text.Encoding.UTF8.GetString(await ReadAsync(file, cancellationToken).ConfigureAwait(false)));

    static async Task<byte[]> ReadAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            if (new FileInfo(file).Length > LargestFile) throw new InvalidFileException(file, $"it has more than {LargestFile >> 20} MiB.");
            return await System.IO.File.ReadAllBytesAsync(file, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InvalidFileException(file, "the file is missing.", remedy: "It holds weights that model.json names.", innerException: error);
        }
    }

    static async Task<byte[]> ReadShardsAsync(string file, JsonArray paths, CancellationToken cancellationToken)
    {
        var folder = Path.GetDirectoryName(file)!;
        var all = new MemoryStream();
        foreach (var path in paths)
        {
            // A name, never a path: the file lies beside the model.
            var name = path!.GetValue<string>();
            if (name != Path.GetFileName(name) || name is "" or "." or ".." || name.AsSpan().ContainsAny(Path.GetInvalidFileNameChars())) throw new InvalidFileException(file, $"it names a file '{name}', which is no file's name, or lies elsewhere.");
            var plain = Path.Combine(folder, name);
            if (System.IO.File.Exists(plain))
            {
                all.Write(await ReadAsync(plain, cancellationToken).ConfigureAwait(false));
                continue;
            }

            var script = plain + ".min.js";
            var exported = await ReadLiteralAsync(script, cancellationToken).ConfigureAwait(false);
            try
            {
                all.Write(Convert.FromBase64String(exported.GetValue<string>()));
            }
            catch (FormatException error)
            {
                throw new InvalidFileException(script, "what it exports is not base64.", innerException: error);
            }
        }

        return all.ToArray();
    }

    static void ReadWeights(string file, JsonArray entries, byte[] bytes, Dictionary<string, TensorData> weights)
    {
        if (entries.Count > MostWeights) throw new InvalidFileException(file, $"there are more than {MostWeights} weights.");
        var at = 0;
        foreach (var entry in entries)
        {
            var name = entry!["name"]!.GetValue<string>();
            long[] shape = [.. entry["shape"]!.AsArray().Select(d => checked((long)d!.GetValue<double>()))];
            if (shape.Any(d => d < 0)) throw new InvalidFileException(file, "a length is negative.", name);
            var count = shape.Aggregate(1L, (product, d) => checked(product * d));
            var quantised = entry["quantization"];
            var type = (quantised ?? entry)["dtype"]!.GetValue<string>();
            var size = type switch { "float32" => 4, "float16" or "uint16" => 2, "uint8" => 1, _ => throw new InvalidFileException(file, $"weights of type {type} are not known here.", name) };
            if (count > (bytes.Length - at) / size) throw new InvalidFileException(file, "the files of weights end too early.", name);
            var (minimum, scale) = quantised is not null && type != "float16" ? (quantised["min"]!.GetValue<double>(), quantised["scale"]!.GetValue<double>()) : (0, 1);
            var values = new float[count];
            for (var i = 0; i < values.Length; i++, at += size)
            {
                var stored = bytes.AsSpan(at, size);
                values[i] = type switch
                {
                    "float32" => BitConverter.ToSingle(stored),
                    "float16" => (float)BitConverter.ToHalf(stored),
                    "uint16" => (float)((BitConverter.ToUInt16(stored) * scale) + minimum),
                    _ => (float)((stored[0] * scale) + minimum),
                };
            }

            if (!weights.TryAdd(name, TensorData.Of(values, shape))) throw new InvalidFileException(file, "a weight of this name occurs twice.", name);
        }
    }
}
