using MultiModal.Diffusion.Generation;
using MultiModal.Diffusion.Networks;
using MultiModal.Diffusion.Steering;
using MultiModal.Images;
using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Random;
using MultiModal.Runtime.Weights;
using MultiModal.Testing;

namespace MultiModal.Diffusion.Tests.Steering;

/// <summary>Networks that enlarge pictures, with random weights in the files' own naming.</summary>
public sealed class ImageUpscalerTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    static OrderedDictionary<string, TensorData> Weights(UpscalerConfig config)
    {
        var graph = new Graph();
        Upscaler.Forward(graph.Root, config, graph.Input("image", DType.Float32, 1, 3, 16, 16));
        var random = new TorchRandom(5);
        var tensors = new OrderedDictionary<string, TensorData>(StringComparer.Ordinal);
        foreach (var (name, parameter) in graph.Parameters)
        {
            var shape = parameter.Shape.ToLongs();
            var values = new float[TensorData.ElementCount(shape)];
            random.Normal(values, 0, shape.Length == 4 ? 0.7 / Math.Sqrt(shape[1] * 9) : 0.05);
            tensors[name] = TensorData.Of(values, shape);
        }

        return tensors;
    }

    string Write(string name, IEnumerable<KeyValuePair<string, TensorData>> tensors)
    {
        var path = folder.File(name);
        SafetensorsWriter.Write(path, tensors);
        return path;
    }

    static ImageBuffer Picture(int width, int height, int channels = 3)
    {
        var image = new ImageBuffer(width, height, channels);
        for (var i = 0; i < image.Pixels.Length; i++) image.Pixels[i] = (byte)((i * 37 % 251) ^ (i / 97));
        return image;
    }

    [Theory]
    [InlineData(1, 2, false, 4)]
    [InlineData(1, 1, false, 2)]
    [InlineData(1, 0, false, 1)]
    [InlineData(2, 2, false, 2)]
    [InlineData(4, 2, false, 1)]
    [InlineData(1, 0, true, 2)]
    public async Task Dimensions_are_read_from_the_weights(int fold, int doublings, bool compact, int scale)
    {
        var config = new UpscalerConfig { Blocks = 2, Channels = 8, Growth = 4, Fold = fold, Doublings = doublings, IsCompact = compact, CompactScale = 2 };
        await using var upscaler = await ImageUpscaler.LoadAsync(Write("up.safetensors", Weights(config)));
        Assert.Equal(scale, upscaler.Scale);
        var large = await upscaler.UpscaleAsync(Picture(13, 9));
        Assert.Equal((13 * scale, 9 * scale), (large.Width, large.Height));
        Assert.NotEqual(1, large.Pixels.ToArray().Distinct().Count());
        Assert.Equal((50, 21), await SizeAsync(upscaler.UpscaleAsync(Picture(13, 9), 50, 21)));
    }

    static async Task<(int, int)> SizeAsync(Task<ImageBuffer> image) => ((await image).Width, (await image).Height);

    [Fact]
    public async Task The_first_files_naming_and_wrapped_weights_give_the_same_picture()
    {
        var today = Weights(new() { Blocks = 2, Channels = 8, Growth = 4 });
        var old = today.Select(t => KeyValuePair.Create(Old(t.Key), t.Value)).ToList();
        var wrapped = today.Select(t => KeyValuePair.Create("params_ema." + t.Key, t.Value)).Concat(today.Select(t => KeyValuePair.Create("params." + t.Key, TensorData.Zeros(DType.Float32, [.. t.Value.Dimensions]))));
        var picture = Picture(20, 24);
        var expected = await DrawAsync(Write("today.safetensors", today), picture);
        Assert.Equal(expected, await DrawAsync(Write("old.safetensors", old), picture));
        Assert.Equal(expected, await DrawAsync(Write("wrapped.safetensors", wrapped), picture));

        static string Old(string name)
        {
            var p = name.Split('.');
            return p[0] switch
            {
                "conv_first" => $"model.0.{p[^1]}",
                "conv_body" => $"model.1.sub.2.{p[^1]}",
                "body" => $"model.1.sub.{p[1]}.{p[2].ToUpperInvariant()}.{p[3]}.0.{p[4]}",
                "conv_up1" => $"model.3.{p[^1]}",
                "conv_up2" => $"model.6.{p[^1]}",
                "conv_hr" => $"model.8.{p[^1]}",
                _ => $"model.10.{p[^1]}",
            };
        }
    }

    static async Task<byte[]> DrawAsync(string path, ImageBuffer picture)
    {
        await using var upscaler = await ImageUpscaler.LoadAsync(path);
        return (await upscaler.UpscaleAsync(picture)).Pixels.ToArray();
    }

    [Fact]
    public async Task Tiles_meet_without_a_seam()
    {
        // Two dense blocks see 15 pixels around; the margin is 16.
        await using var upscaler = await ImageUpscaler.LoadAsync(Write("up.safetensors", Weights(new() { Blocks = 0, Channels = 4, Growth = 2, Doublings = 1, IsCompact = true, CompactScale = 2 })));
        var picture = Picture(300, 270);
        var whole = (await upscaler.UpscaleAsync(picture)).Pixels.ToArray();
        var part = await upscaler.UpscaleAsync(picture.Crop(200, 200, 100, 70));
        for (var y = 40; y < part.Height; y++)
            for (var x = 40; x < part.Width; x++)
                for (var c = 0; c < 3; c++) Assert.Equal(whole[((((400 + y) * 600) + 400 + x) * 3) + c], part.Pixels[(((y * part.Width) + x) * 3) + c]);
    }

    [Fact]
    public async Task Grey_and_alpha_stay_and_other_networks_are_refused()
    {
        await using var upscaler = await ImageUpscaler.LoadAsync(Write("up.safetensors", Weights(new() { Blocks = 1, Channels = 4, Growth = 2, Doublings = 1 })));
        Assert.Equal(1, (await upscaler.UpscaleAsync(Picture(8, 8, 1))).Channels);
        Assert.Equal(4, (await upscaler.UpscaleAsync(Picture(8, 8, 4))).Channels);
        await Assert.ThrowsAsync<InvalidFileException>(() => ImageUpscaler.LoadAsync(Write("none.safetensors", [new("layers.0.weight", TensorData.Of([1f], 1))])));
        await Assert.ThrowsAsync<InvalidFileException>(() => ImageUpscaler.LoadAsync(folder.File("missing.pth")));
    }

    [Fact]
    public async Task A_second_pass_may_be_enlarged_by_a_network()
    {
        await using var upscaler = await ImageUpscaler.LoadAsync(Write("mine_4x.safetensors", Weights(new() { Blocks = 1, Channels = 4, Growth = 2 })));
        await using var model = await DiffusionModel.LoadAsync(Fixtures.PathOf("diffusion/models/tiny-sd15"));
        var request = new ImageRequest("a red apple") { Seed = 7, Steps = 2, Width = 32, Height = 32, Scheduler = "DDIMScheduler", HighResolution = new() { Strength = 0.5f, Upscaler = upscaler } };
        var image = (await model.GenerateAsync(request))[0].Image;
        Assert.Equal((64, 64), (image.Width, image.Height));
        var lanczos = (await model.GenerateAsync(request with { HighResolution = new() { Strength = 0.5f, InLatents = false } }))[0].Image;
        Assert.False(lanczos.Pixels.SequenceEqual(image.Pixels));
        Assert.Contains("Hires upscaler: mine_4x", image.Text[GenerationText.Key], StringComparison.Ordinal);
    }
}
