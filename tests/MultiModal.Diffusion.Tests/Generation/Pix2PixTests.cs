using MultiModal.Diffusion.Generation;
using MultiModal.Images;
using MultiModal.Testing;

namespace MultiModal.Diffusion.Tests.Generation;

/// <summary>UNets that are told the picture they are to change: a tiny model whose first convolution is widened to eight channels.</summary>
public sealed class Pix2PixTests
{
    static readonly ImageRequest Small = new("a small red apple on the tree") { Seed = 7, Steps = 4, Width = 32, Height = 32, Scheduler = "DDIMScheduler" };

    static string Model => Fixtures.PathOf("diffusion/models/tiny-sd15");

    static void Widen(TemporaryFolder folder, float scale) => VariedModel.Make(
        folder, Model, config => config["in_channels"] = 8,
        tensors => tensors["conv_in.weight"] = VariedModel.WithInputs(tensors["conv_in.weight"], 8, i => scale * MathF.Sin(i)));

    [Fact]
    public async Task With_weights_of_zero_for_the_picture_it_draws_what_the_narrow_one_does()
    {
        using var folder = new TemporaryFolder();
        Widen(folder, 0);
        await using var narrow = await DiffusionModel.LoadAsync(Model);
        await using var wide = await DiffusionModel.LoadAsync(folder.Path);

        // The picture then makes no difference, and what is left is guidance by the text from noise alone.
        foreach (var request in (ImageRequest[])[Small, Small with { Count = 2 }, Small with { Guidance = 1 }])
        {
            var (expected, actual) = ((await narrow.GenerateAsync(request))[^1].Image, (await wide.GenerateAsync(request with { Init = Gradient(8), ImageGuidance = 3 }))[^1].Image);
            for (var i = 0; i < expected.Pixels.Length; i++) Assert.InRange(actual.Pixels[i], expected.Pixels[i] - 1, expected.Pixels[i] + 1);
        }
    }

    [Fact]
    public async Task The_picture_and_how_strongly_it_guides_make_a_difference_and_it_is_needed()
    {
        using var folder = new TemporaryFolder();
        Widen(folder, 0.2f);
        await using var model = await DiffusionModel.LoadAsync(folder.Path);
        await Assert.ThrowsAsync<ArgumentException>(() => model.GenerateAsync(Small));
        var drawn = new List<byte[]>();
        foreach (var request in (ImageRequest[])
        [
            Small with { Init = Gradient(8) }, Small with { Init = Gradient(8), Strength = 0.1f }, Small with { Init = Gradient(3) },
            Small with { Init = Gradient(8), ImageGuidance = 2.5f }, Small with { Init = Gradient(8), Guidance = 1 },
            Small with { Prompt = "a small AND red apple", Init = Gradient(8), GuidanceRescale = 0.5f },
        ])
            drawn.Add((await model.GenerateAsync(request))[0].Image.Pixels.ToArray());
        Assert.Equal(drawn[0], drawn[1]);
        for (var i = 2; i < drawn.Count; i++) Assert.NotEqual(drawn[0], drawn[i]);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => model.GenerateAsync(Small with { Init = Gradient(8), ImageGuidance = 0.5f }));
    }

    static ImageBuffer Gradient(int step)
    {
        var image = new ImageBuffer(32, 32);
        for (var i = 0; i < image.Pixels.Length; i++) image.Pixels[i] = (byte)(i / 96 * step);
        return image;
    }
}
