using System.Text.Json;
using MultiModal.Diffusion.Generation;
using MultiModal.Runtime;
using MultiModal.Runtime.Weights;
using MultiModal.Testing;

namespace MultiModal.Diffusion.Tests.Checkpoints;

/// <summary>The forms in which folders keep weights: variants, parts with an index, half precision, PyTorch's files.</summary>
public sealed class DiffusersFolderTests
{
    static readonly ImageRequest Small = new("a small red apple") { Seed = 7, Steps = 2, Width = 32, Height = 32, Scheduler = "DDIMScheduler" };

    static string Model => Fixtures.PathOf("diffusion/models/tiny-sd15");

    [Fact]
    public async Task Parts_and_PyTorch_files_draw_what_the_plain_files_draw()
    {
        var expected = await DrawAsync(Model, null);
        using var folder = Copy((component, stem, tensors, target) =>
        {
            if (component == "text_encoder")
            {
                TorchWriter.Write(Path.Combine(target, "pytorch_model.bin"), tensors.ToDictionary(t => t.Key, object (t) => t.Value));
                return;
            }

            var half = tensors.Count / 2;
            var parts = new[] { tensors.Take(half), tensors.Skip(half) }.Select((part, i) => (Name: $"{stem}-0000{i + 1}-of-00002.safetensors", Tensors: part.ToDictionary())).ToList();
            foreach (var part in parts) SafetensorsWriter.Write(Path.Combine(target, part.Name), part.Tensors);
            File.WriteAllText(Path.Combine(target, $"{stem}.safetensors.index.json"), JsonSerializer.Serialize(new
            {
                metadata = new { total_size = 1 },
                weight_map = parts.SelectMany(p => p.Tensors.Keys.Select(k => (k, p.Name))).ToDictionary(),
            }));
        });
        Assert.Equal(expected, await DrawAsync(folder.Path, null));
    }

    [Theory]
    [InlineData("fp16", DType.Float16)]
    [InlineData("bf16", DType.BFloat16)]
    public async Task Variants_are_taken_when_asked_for_or_alone(string variant, DType type)
    {
        using var alone = Copy((_, stem, tensors, target) => SafetensorsWriter.Write(Path.Combine(target, $"{stem}.{variant}.safetensors"), Narrow(tensors, type)));
        var drawn = await DrawAsync(alone.Path, variant);
        Assert.Equal(drawn, await DrawAsync(alone.Path, null));
        await Assert.ThrowsAsync<InvalidFileException>(() => DrawAsync(alone.Path, "int8"));

        using var beside = Copy((_, stem, tensors, target) =>
        {
            SafetensorsWriter.Write(Path.Combine(target, $"{stem}.safetensors"), tensors);
            SafetensorsWriter.Write(Path.Combine(target, $"{stem}.{variant}.safetensors"), Narrow(tensors, type));
        });
        Assert.Equal(drawn, await DrawAsync(beside.Path, variant));
        Assert.Equal(await DrawAsync(Model, null), await DrawAsync(beside.Path, null));
    }

    static Dictionary<string, TensorData> Narrow(Dictionary<string, TensorData> tensors, DType type) => tensors.ToDictionary(t => t.Key, t =>
    {
        var narrow = TensorData.Zeros(type, [.. t.Value.Dimensions]);
        ElementConversion.FromFloat32(t.Value.Floats, type, narrow.Bytes);
        return narrow;
    });

    static TemporaryFolder Copy(Action<string, string, Dictionary<string, TensorData>, string> write)
    {
        var folder = new TemporaryFolder();
        foreach (var file in Directory.GetFiles(Model, "*", SearchOption.AllDirectories))
        {
            var target = folder.File(Path.GetRelativePath(Model, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            if (!file.EndsWith(".safetensors", StringComparison.Ordinal))
            {
                File.Copy(file, target);
                continue;
            }

            using var weights = SafetensorsFile.Open(file);
            write(Path.GetFileName(Path.GetDirectoryName(file))!, Path.GetFileNameWithoutExtension(file), weights.Names.ToDictionary(n => n, n => weights.Get(n).ToFloat32()), Path.GetDirectoryName(target)!);
        }

        return folder;
    }

    static async Task<byte[]> DrawAsync(string path, string? variant)
    {
        await using var model = await DiffusionModel.LoadAsync(path, new() { Variant = variant });
        return (await model.GenerateAsync(Small))[0].Image.Pixels.ToArray();
    }
}
