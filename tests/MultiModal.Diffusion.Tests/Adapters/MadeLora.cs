using MultiModal.Diffusion.Adapters;
using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Networks;
using MultiModal.Runtime;
using MultiModal.Runtime.Random;
using MultiModal.Runtime.Weights;
using MultiModal.Testing;

namespace MultiModal.Diffusion.Tests.Adapters;

/// <summary>Adapters of random numbers, written to files as other programs would.</summary>
sealed class MadeLora
{
    readonly OrderedDictionary<string, TensorData> tensors = new(StringComparer.Ordinal);
    readonly TorchRandom random;

    public MadeLora(ulong seed) => random = new(seed);

    public Dictionary<string, string> Metadata { get; } = [];

    public static string Model(string name = "tiny-sd15") => Fixtures.PathOf($"diffusion/models/{name}");

    public static async Task<LoraTargets> TargetsAsync(string model = "tiny-sd15") => LoraTargets.Of(await DiffusersFolder.OpenAsync(Model(model), null, default));

    /// <summary>A plain LoRA in kohya's names on some layers of a model.</summary>
    public static async Task<string> WriteAsync(
        TemporaryFolder folder, string name, ulong seed, string model = "tiny-sd15", Func<LoraTarget, bool>? where = null, float size = 0.3f, int rank = 2)
    {
        var made = new MadeLora(seed);
        foreach (var target in (await TargetsAsync(model)).All.Where(t => t.Weight is { Count: 2 or 4 } && !t.Layer.Contains("embedding", StringComparison.Ordinal) && (where?.Invoke(t) ?? IsAttention(t))))
            made.LowRank(Kohya(target), target.Weight!, rank, size);
        return made.Write(folder, name);
    }

    /// <summary>What kohya's scripts train unless told otherwise.</summary>
    public static bool IsAttention(LoraTarget target) => target.Layer.Contains("attn", StringComparison.Ordinal) || target.Layer.Contains(".mlp.", StringComparison.Ordinal);

    public static string Kohya(LoraTarget target) =>
        (target.Component switch { "unet" => "lora_unet_", "text_encoder" => "lora_te_", _ => "lora_te2_" }) + target.Layer.Replace('.', '_');

    public MadeLora LowRank(string layer, IReadOnlyList<long> shape, int rank, float size, float? alpha = null) => Put($"{layer}.lora_down.weight", size, [rank, .. shape.Skip(1)])
        .Put($"{layer}.lora_up.weight", size, shape.Count == 4 ? [shape[0], rank, 1, 1] : [shape[0], rank]).Put($"{layer}.alpha", TensorData.Scalar(alpha ?? rank));

    public MadeLora Put(string name, float size, params long[] shape)
    {
        var values = new float[TensorData.ElementCount(shape)];
        random.Normal(values);
        return Put(name, TensorData.Of(Array.ConvertAll(values, v => v * size), shape));
    }

    public MadeLora Put(string name, TensorData data)
    {
        tensors.Add(name, data);
        return this;
    }

    public string Write(TemporaryFolder folder, string name)
    {
        var path = folder.File($"{name}.safetensors");
        SafetensorsWriter.Write(path, tensors, Metadata);
        return path;
    }
}
