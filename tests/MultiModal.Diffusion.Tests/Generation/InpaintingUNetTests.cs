using System.Text.Json.Nodes;
using MultiModal.Diffusion.Generation;
using MultiModal.Diffusion.Steering;
using MultiModal.Images;
using MultiModal.Runtime;
using MultiModal.Runtime.Random;
using MultiModal.Runtime.Weights;
using MultiModal.Testing;

namespace MultiModal.Diffusion.Tests.Generation;

/// <summary>UNets that are told the mask and the masked picture: a tiny model whose first convolution is widened to nine channels.</summary>
public sealed class InpaintingUNetTests
{
    static readonly ImageRequest Small = new("a small red apple on the tree") { Seed = 7, Steps = 4, Width = 32, Height = 32, Scheduler = "DDIMScheduler" };

    static string Model => Fixtures.PathOf("diffusion/models/tiny-sd15");

    /// <summary>A copy of the tiny model; weights of the further channels are random times <paramref name="scale"/>.</summary>
    static void Widen(TemporaryFolder folder, float scale)
    {
        foreach (var file in Directory.GetFiles(Model, "*", SearchOption.AllDirectories))
        {
            var target = folder.File(Path.GetRelativePath(Model, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }

        var config = JsonNode.Parse(File.ReadAllText(folder.File("unet/config.json")))!;
        config["in_channels"] = 9;
        File.WriteAllText(folder.File("unet/config.json"), config.ToJsonString());
        using var weights = WeightFiles.Open(Path.Combine(Model, "unet", "diffusion_pytorch_model.safetensors"));
        var tensors = weights.Names.ToDictionary(n => n, n => weights.Get(n).ToFloat32());
        var narrow = tensors["conv_in.weight"];
        var outputs = (int)narrow.Dimensions[0];
        var wide = new TorchRandom(3).Normal(outputs, 9, 3, 3);
        for (var i = 0; i < wide.Length; i++)
        {
            var (output, rest) = (i / 81, i % 81);
            wide.Floats[i] = rest < 36 ? narrow.Floats[(output * 36) + rest] : scale * wide.Floats[i];
        }

        tensors["conv_in.weight"] = wide;
        SafetensorsWriter.Write(folder.File("unet/diffusion_pytorch_model.safetensors"), tensors);
    }

    [Fact]
    public async Task With_weights_of_zero_for_the_further_channels_it_draws_what_the_narrow_one_does()
    {
        using var folder = new TemporaryFolder();
        Widen(folder, 0);
        await using var narrow = await DiffusionModel.LoadAsync(Model);
        await using var wide = await DiffusionModel.LoadAsync(folder.Path);
        foreach (var request in (ImageRequest[])[Small, Small with { Count = 2, Guidance = 1 }, Small with { Init = Gradient(), Strength = 0.6f }])
        {
            var (expected, actual) = ((await narrow.GenerateAsync(request))[^1].Image, (await wide.GenerateAsync(request))[^1].Image);
            for (var i = 0; i < expected.Pixels.Length; i++) Assert.InRange(actual.Pixels[i], expected.Pixels[i] - 1, expected.Pixels[i] + 1);
        }
    }

    [Fact]
    public async Task It_sees_the_mask_and_what_is_around_it_but_not_what_is_under_it()
    {
        using var folder = new TemporaryFolder();
        Widen(folder, 0.3f);
        await using var model = await DiffusionModel.LoadAsync(folder.Path);
        var mask = new ImageBuffer(32, 32, 1);
        for (var y = 0; y < 32; y++) mask.Row(y)[16..].Fill(255);
        var request = Small with { Init = Gradient(), Mask = mask, MaskBlur = 0, Strength = 1 };
        var image = (await model.GenerateAsync(request))[0].Image;
        for (var y = 0; y < 32; y++) Assert.True(image.Row(y)[..48].SequenceEqual(request.Init!.Row(y)[..48]));

        var under = Gradient();
        for (var y = 0; y < 32; y++) under.Row(y)[48..].Fill(9);
        var same = (await model.GenerateAsync(request with { Init = under }))[0].Image;
        Assert.True(image.Pixels.SequenceEqual(same.Pixels));
        var around = Gradient();
        for (var y = 0; y < 32; y++) around.Row(y)[..48].Fill(9);
        var other = (await model.GenerateAsync(request with { Init = around }))[0].Image;
        Assert.Contains(Enumerable.Range(0, 32), y => !other.Row(y)[48..].SequenceEqual(image.Row(y)[48..]));

        // ControlNets see the latents alone.
        await using var control = await ControlNetModel.LoadAsync(Fixtures.PathOf("diffusion/models/tiny-sd15-controlnet"));
        Assert.Single(await model.GenerateAsync(request with { Controls = [new(control, Gradient())] }));
    }

    static ImageBuffer Gradient()
    {
        var image = new ImageBuffer(32, 32);
        for (var i = 0; i < image.Pixels.Length; i++) image.Pixels[i] = (byte)(i / 96 * 8);
        return image;
    }
}
