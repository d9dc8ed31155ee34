using MultiModal.Capabilities;
using MultiModal.Diffusion.Generation;
using MultiModal.Images;
using MultiModal.Testing;

namespace MultiModal.Diffusion.Tests.Generation;

/// <summary>A model behind the interfaces of all engines.</summary>
public sealed class DiffusionCapabilityTests
{
    static readonly ImageRequest Defaults = new("") { Steps = 4, Width = 32, Height = 32, Guidance = 3, Scheduler = "DDIMScheduler" };

    [Fact]
    public async Task A_request_of_any_engine_is_filled_up_from_the_defaults()
    {
        await using var model = await LoadAsync();
        var fractions = new List<double>();
        var result = await ((IImageGenerator)model).GenerateAsync(new("an apple") { Seed = 5, Height = 40 }, new Heard(fractions));
        var own = await model.GenerateAsync(Defaults with { Prompt = "an apple", Seed = 5, Height = 40 });
        Assert.True(own[0].Image.Pixels.SequenceEqual(Assert.Single(result.Images).Pixels));
        Assert.Equal((5L, "tiny-sd15"), (result.Seed, result.Model));
        Assert.Equal([0.25, 0.5, 0.75, 1], fractions);
    }

    [Fact]
    public async Task A_picture_is_edited_at_its_own_size()
    {
        await using var model = await LoadAsync();
        var picture = new ImageBuffer(48, 40);
        new Random(1).NextBytes(picture.Pixels);
        var result = await ((IImageEditor)model).EditAsync(picture, new("snow") { Strength = 0.5, Seed = 5 });
        var own = await model.GenerateAsync(Defaults with { Prompt = "snow", Seed = 5, Init = picture, Strength = 0.5f, Width = null, Height = null });
        Assert.Equal((48, 40), (result.Images[0].Width, result.Images[0].Height));
        Assert.True(own[0].Image.Pixels.SequenceEqual(result.Images[0].Pixels));
    }

    [Fact]
    public async Task A_drawing_is_shown_as_it_comes_about()
    {
        await using var model = await LoadAsync();
        var updates = new List<ImageGenerationUpdate>();
        await foreach (var update in ((IStreamingImageGenerator)model).GenerateStreamingAsync(new("an apple") { Seed = 5, Steps = 6, Guidance = 2, PreviewEvery = 3 }))
            updates.Add(update);
        var own = await model.GenerateAsync(Defaults with { Prompt = "an apple", Seed = 5, Steps = 6, Guidance = 2 });
        var done = Assert.IsType<ImageGenerationUpdate.Completed>(updates[^1]);
        Assert.True(own[0].Image.Pixels.SequenceEqual(Assert.Single(done.Result.Images).Pixels));
        Assert.Equal(5L, done.Result.Seed);
        Assert.Equal(Enumerable.Range(1, 6).Select(static step => step / 6.0), updates.OfType<ImageGenerationUpdate.Progress>().Select(static update => update.Fraction));
        Assert.NotEmpty(updates.OfType<ImageGenerationUpdate.Preview>());
    }

    static Task<DiffusionModel> LoadAsync() => DiffusionModel.LoadAsync(Fixtures.PathOf("diffusion/models/tiny-sd15"), new() { Defaults = Defaults });

    sealed class Heard(List<double> fractions) : IProgress<double>
    {
        public void Report(double value) => fractions.Add(value);
    }
}
