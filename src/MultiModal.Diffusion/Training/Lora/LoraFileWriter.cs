using System.Security.Cryptography;
using System.Text.Json;
using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Training.Models;
using MultiModal.Runtime;
using MultiModal.Runtime.Weights;

namespace MultiModal.Diffusion.Training.Lora;

/// <summary>Writes a LoRA in the two forms that the communities exchange.</summary>
static class LoraFileWriter
{
    /// <summary>kohya's form, which A1111, ComfyUI and others load. The hashes that tools look for go into its metadata.</summary>
    public static void WriteKohya(string path, IReadOnlyList<LoraPair> pairs, ModelFiles model, DType type, IReadOnlyDictionary<string, string> metadata)
    {
        var tensors = new Dictionary<string, TensorData>(StringComparer.Ordinal);
        foreach (var pair in pairs)
        {
            var name = KohyaName(pair, model);
            tensors.Add(name + ".lora_down.weight", ModelWeights.Narrow(pair.Down, type));
            tensors.Add(name + ".lora_up.weight", ModelWeights.Narrow(pair.Up, type));
            tensors.Add(name + ".alpha", ModelWeights.Narrow(TensorData.Scalar(pair.Alpha), type));
        }

        // The old hash is of a part of a file that has kohya's own entries only, so that file is written first.
        var own = metadata.Where(m => m.Key.StartsWith("ss_", StringComparison.Ordinal)).ToDictionary();
        SafetensorsWriter.Write(path, tensors, own);
        var (hash, legacy) = Hashes(path);
        SafetensorsWriter.Write(path, tensors, new Dictionary<string, string>(metadata) { ["sshs_model_hash"] = hash, ["sshs_legacy_hash"] = legacy });
    }

    /// <summary>The form of PEFT and diffusers (pytorch_lora_weights.safetensors). Alpha is in the metadata "lora_adapter_metadata".</summary>
    public static void WritePeft(string path, IReadOnlyList<LoraPair> pairs, DType type, IReadOnlyDictionary<string, string> metadata)
    {
        var tensors = new Dictionary<string, TensorData>(StringComparer.Ordinal);
        var settings = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var component in pairs.GroupBy(p => p.Component))
        {
            foreach (var pair in component)
            {
                tensors.Add($"{component.Key}.{pair.Layer}.lora_A.weight", ModelWeights.Narrow(pair.Down, type));
                tensors.Add($"{component.Key}.{pair.Layer}.lora_B.weight", ModelWeights.Narrow(pair.Up, type));
            }

            // What most layers have; the others by name.
            var (rank, alpha) = component.GroupBy(p => (p.Rank, p.Alpha)).MaxBy(g => g.Count())!.Key;
            settings[component.Key + ".r"] = rank;
            settings[component.Key + ".lora_alpha"] = alpha;
            settings[component.Key + ".target_modules"] = component.Select(p => p.Layer).Order(StringComparer.Ordinal).ToArray();
            settings[component.Key + ".rank_pattern"] = component.Where(p => p.Rank != rank).ToDictionary(p => p.Layer, p => p.Rank);
            settings[component.Key + ".alpha_pattern"] = component.Where(p => p.Alpha != alpha).ToDictionary(p => p.Layer, p => p.Alpha);
            settings[component.Key + ".peft_type"] = "LORA";
        }

        SafetensorsWriter.Write(path, tensors, new Dictionary<string, string>(metadata) { ["format"] = "pt", ["lora_adapter_metadata"] = JsonSerializer.Serialize(settings) });
    }

    /// <summary>"lora_unet_down_blocks_0_..."; SDXL's UNet goes by the names of the original layout.</summary>
    static string KohyaName(LoraPair pair, ModelFiles model)
    {
        var isXL = model.UNet.AdditionTimeSize is not null;
        var layer = pair.Component == "unet" && isXL ? OriginalNames.OfUNet(pair.Layer + ".weight", model.UNet)[..^".weight".Length] : pair.Layer;
        var prefix = pair.Component switch { "unet" => "lora_unet_", "text_encoder" => isXL ? "lora_te1_" : "lora_te_", _ => "lora_te2_" };
        return prefix + layer.Replace('.', '_');
    }

    /// <summary>SHA-256 of all that comes after the header; and, in eight letters, of 64 kB from 1 MB on (kohya's train_util, addnet_hash_legacy).</summary>
    static (string Hash, string Legacy) Hashes(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> length = stackalloc byte[8];
        file.ReadExactly(length);
        file.Position = 8 + BitConverter.ToInt64(length);
        var hash = Convert.ToHexStringLower(SHA256.HashData(file));
        var part = new byte[0x10000];
        file.Position = Math.Min(0x100000, file.Length);
        var read = file.ReadAtLeast(part, part.Length, throwOnEndOfStream: false);
        return (hash, Convert.ToHexStringLower(SHA256.HashData(part.AsSpan(0, read)))[..8]);
    }
}
