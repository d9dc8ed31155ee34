using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Generation;
using MultiModal.Runtime;
using MultiModal.Runtime.Weights;
using MultiModal.Testing;

namespace MultiModal.Diffusion.Tests.Checkpoints;

public sealed class SeparateVaeTests
{
    static readonly ImageRequest Small = new("a small red apple") { Seed = 7, Steps = 2, Width = 32, Height = 32, Scheduler = "DDIMScheduler" };

    static string Model(string name) => Fixtures.PathOf($"diffusion/models/{name}");

    /// <summary>Another autoencoder than the model's own: its weights, some of them changed, in each of the forms such files have.</summary>
    [Fact]
    public async Task An_autoencoder_is_taken_from_a_folder_or_a_file_under_either_names()
    {
        using var folder = new TemporaryFolder();
        using var own = SafetensorsFile.Open(Path.Combine(Model("tiny-sd15"), "vae", "diffusion_pytorch_model.safetensors"));
        var tensors = own.Names.ToDictionary(n => n, n => own.Get(n).ToFloat32());
        foreach (ref var value in tensors["decoder.conv_out.weight"].Floats) value *= -1;

        Directory.CreateDirectory(folder.File("vae"));
        File.Copy(Path.Combine(Model("tiny-sd15"), "vae", "config.json"), folder.File("vae/config.json"));
        SafetensorsWriter.Write(folder.File("vae/diffusion_pytorch_model.safetensors"), tensors);
        var original = tensors.ToDictionary(t => OriginalNames.OfVae(t.Key, levels: 2), t => OriginalNames.IsSqueezed(t.Key) ? TensorData.Of(t.Value.Floats.ToArray(), [.. t.Value.Dimensions, 1, 1]) : t.Value);
        SafetensorsWriter.Write(folder.File("original.safetensors"), original);
        TorchWriter.Write(folder.File("original.ckpt"), new Dictionary<string, object>
        {
            ["state_dict"] = original.Append(new("loss.discriminator.main.0.weight", TensorData.Scalar(1f))).ToDictionary(t => t.Key, object (t) => t.Value),
        });
        SafetensorsWriter.Write(folder.File("prefixed.safetensors"), original.ToDictionary(t => "first_stage_model." + t.Key, t => t.Value));

        var drawn = new List<byte[]>();
        foreach (var path in (string?[])[null, folder.File("vae"), folder.File("vae/diffusion_pytorch_model.safetensors"), folder.File("original.safetensors"), folder.File("original.ckpt"), folder.File("prefixed.safetensors")])
        {
            await using var model = await DiffusionModel.LoadAsync(Model("tiny-sd15"), new() { VaePath = path });
            drawn.Add((await model.GenerateAsync(Small))[0].Image.Pixels.ToArray());
        }

        Assert.NotEqual(drawn[0], drawn[1]);
        Assert.All(drawn.Skip(2), d => Assert.Equal(drawn[1], d));
    }

    [Fact]
    public async Task An_autoencoder_that_is_missing_or_of_another_size_is_refused()
    {
        using var folder = new TemporaryFolder();
        await Assert.ThrowsAsync<InvalidFileException>(() => DiffusionModel.LoadAsync(Model("tiny-sd15"), new() { VaePath = folder.File("nowhere") }));
        SafetensorsWriter.Write(folder.File("x.safetensors"), new Dictionary<string, TensorData> { ["a"] = TensorData.Scalar(1f) });
        await Assert.ThrowsAsync<InvalidFileException>(() => DiffusionModel.LoadAsync(Model("tiny-sd15"), new() { VaePath = folder.File("x.safetensors") }));
        SafetensorsWriter.Write(folder.File("y.safetensors"), new Dictionary<string, TensorData> { ["encoder.conv_in.weight"] = TensorData.Scalar(1f), ["decoder.up.0.block.0.conv1.bias"] = TensorData.Scalar(1f) });
        await Assert.ThrowsAsync<WeightMismatchException>(() => DiffusionModel.LoadAsync(Model("tiny-sd15"), new() { VaePath = folder.File("y.safetensors") }));
        Directory.CreateDirectory(folder.File("vae"));
        File.WriteAllText(folder.File("vae/config.json"), """{ "block_out_channels": [16, 32, 32], "norm_num_groups": 8, "down_block_types": ["DownEncoderBlock2D"], "up_block_types": ["UpDecoderBlock2D"] }""");
        var error = await Assert.ThrowsAsync<InvalidFileException>(() => DiffusionModel.LoadAsync(Model("tiny-sd15"), new() { VaePath = folder.File("vae") }));
        Assert.Contains("4 times smaller", error.Message, StringComparison.Ordinal);
    }
}
