using MultiModal.Diffusion.Generation;
using MultiModal.Images;
using MultiModal.Runtime.Graphs.Passes;
using MultiModal.Runtime.Sessions;
using MultiModal.Testing;

namespace MultiModal.Diffusion.Tests.Generation;

/// <summary>The public surface of generation, on a tiny model with random weights: what it draws is noise, but exact noise.</summary>
public sealed class DiffusionModelTests
{
    static readonly ImageRequest Small = new("a small red apple on the tree") { Seed = 7, Steps = 4, Width = 32, Height = 32, Scheduler = "DDIMScheduler" };

    static string Model(string name = "tiny-sd15") => Fixtures.PathOf($"diffusion/models/{name}");

    [Theory]
    [InlineData("tiny-sd15")]
    [InlineData("tiny-sd21v")]
    [InlineData("tiny-sdxl")]
    public async Task The_same_seed_draws_the_same_picture_and_another_seed_another(string name)
    {
        if (!Directory.Exists(Model(name))) return;
        await using var model = await DiffusionModel.LoadAsync(Model(name));
        var first = (await model.GenerateAsync(Small))[0];
        var again = (await model.GenerateAsync(Small))[0];
        var other = (await model.GenerateAsync(Small with { Seed = 8 }))[0];
        Assert.Equal(7, first.Seed);
        Assert.Equal((32, 32), (first.Image.Width, first.Image.Height));
        Assert.True(first.Image.Pixels.SequenceEqual(again.Image.Pixels));
        Assert.False(first.Image.Pixels.SequenceEqual(other.Image.Pixels));
    }

    [Fact]
    public async Task A_picture_does_not_depend_on_those_made_with_it()
    {
        await using var model = await DiffusionModel.LoadAsync(Model());
        var together = await model.GenerateAsync(Small with { Count = 3 });
        Assert.Equal([7L, 8L, 9L], together.Select(i => i.Seed));
        foreach (var image in together)
            AssertNear((await model.GenerateAsync(Small with { Seed = image.Seed }))[0].Image, image.Image);
    }

    [Fact]
    public async Task Requests_at_once_each_get_the_picture_they_get_alone()
    {
        await using var model = await DiffusionModel.LoadAsync(Model());
        var requests = Enumerable.Range(0, 8).Select(i => Small with { Seed = i, Width = 32 + (16 * (i % 3)), Guidance = i % 2 == 0 ? 1 : 5 }).ToList();
        var alone = new List<ImageBuffer>();
        foreach (var request in requests) alone.Add((await model.GenerateAsync(request))[0].Image);
        var atOnce = await Task.WhenAll(requests.Select(r => model.GenerateAsync(r)));
        for (var i = 0; i < requests.Count; i++) AssertNear(alone[i], atOnce[i][0].Image);
    }

    [Fact]
    public async Task Sizes_that_do_not_halve_evenly_are_drawn_too()
    {
        await using var model = await DiffusionModel.LoadAsync(Model());
        var image = (await model.GenerateAsync(Small with { Width = 38, Height = 34 }))[0].Image;
        Assert.Equal((38, 34), (image.Width, image.Height));

        // The model now holds the UNet for any size, and draws even ones as before.
        var even = (await model.GenerateAsync(Small))[0].Image;
        await using var fresh = await DiffusionModel.LoadAsync(Model());
        AssertNear((await fresh.GenerateAsync(Small))[0].Image, even);
    }

    [Fact]
    public async Task Streaming_tells_every_step_shows_previews_and_ends_with_the_pictures()
    {
        await using var model = await DiffusionModel.LoadAsync(Model());
        var updates = new List<DiffusionUpdate>();
        await foreach (var update in model.GenerateStreamingAsync(Small with { Steps = 6, PreviewEvery = 2, Count = 2 })) updates.Add(update);
        Assert.Equal([1, 2, 3, 4, 5, 6], updates.OfType<DiffusionUpdate.Stepped>().Select(s => s.Progress.Step));
        Assert.Equal([2, 4], updates.OfType<DiffusionUpdate.Preview>().Select(p => p.Step));
        Assert.All(updates.OfType<DiffusionUpdate.Preview>(), p => Assert.All(p.Images, i => Assert.Equal((32, 32), (i.Width, i.Height))));
        Assert.Equal(2, Assert.IsType<DiffusionUpdate.Completed>(updates[^1]).Images.Count);
    }

    [Theory]
    [InlineData("PNDMScheduler", 5)]
    [InlineData("HeunDiscreteScheduler", 4)]
    public async Task Samplers_that_call_the_model_more_often_count_their_own_steps(string scheduler, int steps)
    {
        await using var model = await DiffusionModel.LoadAsync(Model());
        var told = new List<DiffusionProgress>();
        await model.GenerateAsync(Small with { Scheduler = scheduler }, new Reporter(told.Add));
        Assert.Equal(Enumerable.Range(1, steps), told.Select(p => p.Step));
        Assert.All(told, p => Assert.Equal(steps, p.Steps));
    }

    [Fact]
    public async Task Leaving_the_stream_early_stops_the_work()
    {
        var before = LiveHandles.Total;
        await using (var model = await DiffusionModel.LoadAsync(Model()))
        {
            await foreach (var update in model.GenerateStreamingAsync(Small with { Steps = 1000 }))
                if (update is DiffusionUpdate.Stepped { Progress.Step: 2 }) break;
        }

        Assert.Equal(before, LiveHandles.Total);
    }

    [Fact]
    public async Task Cancelling_surfaces_as_a_cancelled_operation_and_leaves_the_model_usable()
    {
        await using var model = await DiffusionModel.LoadAsync(Model());
        using var stop = new CancellationTokenSource();
        var cancelled = model.GenerateAsync(Small with { Steps = 1000 }, new Reporter(p => { if (p.Step == 3) stop.Cancel(); }), stop.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.Single(await model.GenerateAsync(Small));
    }

    [Fact]
    public async Task A_disposed_model_says_so()
    {
        var model = await DiffusionModel.LoadAsync(Model());
        await model.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => model.GenerateAsync(Small));
    }

    [Fact]
    public async Task The_picture_carries_how_it_was_made()
    {
        await using var model = await DiffusionModel.LoadAsync(Model());
        var image = (await model.GenerateAsync(Small with { NegativePrompt = "fog", Scheduler = "EulerDiscreteScheduler", Guidance = 6.5f }))[0].Image;
        using var folder = new TemporaryFolder();
        await PngCodec.Default.SaveAsync(image, folder.File("p.png"));
        var text = (await PngCodec.Default.LoadAsync(folder.File("p.png"))).Text["parameters"];
        Assert.Equal(
            "a small red apple on the tree\nNegative prompt: fog\n" +
            $"Steps: 4, Sampler: EulerDiscreteScheduler, CFG scale: 6.5, Seed: 7, Size: 32x32, Model: {model.Info.Name}", text);
    }

    [Theory]
    [InlineData(31, 32, 4, 1, null)]
    [InlineData(32, 0, 4, 1, null)]
    [InlineData(32, 32, 0, 1, null)]
    [InlineData(32, 32, 1001, 1, null)]
    [InlineData(32, 32, 4, 0, null)]
    [InlineData(32, 32, 4, 1, "NoSuchScheduler")]
    public async Task Impossible_requests_are_refused(int width, int height, int steps, int count, string? scheduler)
    {
        await using var model = await DiffusionModel.LoadAsync(Model());
        await Assert.ThrowsAnyAsync<ArgumentException>(
            () => model.GenerateAsync(Small with { Width = width, Height = height, Steps = steps, Count = count, Scheduler = scheduler }));
    }

    [Fact]
    public async Task Missing_surplus_and_misshapen_weights_are_listed()
    {
        using var folder = new TemporaryFolder();
        CopyFolder(Model(), folder.Path);
        File.Copy(Path.Combine(Model(), "vae", "diffusion_pytorch_model.safetensors"), folder.File("unet/diffusion_pytorch_model.safetensors"), overwrite: true);
        var before = LiveHandles.Total;
        var error = await Assert.ThrowsAsync<Runtime.Weights.WeightMismatchException>(() => DiffusionModel.LoadAsync(folder.Path));
        Assert.Contains("conv_in.weight", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, LiveHandles.Total);
    }

    [Fact]
    public async Task Loading_reports_its_parts_and_can_be_cancelled()
    {
        var stages = new List<string>();
        await using (await DiffusionModel.LoadAsync(Model(), progress: new LoadReporter(p => stages.Add(p.Stage)))) Assert.Equal(["unet", "vae", "text_encoder", "done"], stages);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => DiffusionModel.LoadAsync(Model(), cancellationToken: new(canceled: true)));
    }

    [Fact]
    public async Task Guidance_in_one_batch_or_two_runs_and_graphs_with_or_without_passes_draw_the_same()
    {
        var images = new List<ImageBuffer>();
        foreach (var (batch, passes) in ((bool, IReadOnlyList<IGraphPass>?)[])[(true, null), (false, null), (false, GraphPasses.None)])
        {
            await using var model = await DiffusionModel.LoadAsync(Model(), new() { BatchGuidance = batch, Passes = passes });
            images.Add((await model.GenerateAsync(Small))[0].Image);
        }

        AssertNear(images[0], images[1]);
        AssertNear(images[0], images[2]);
    }

    [Fact]
    public async Task Decoding_in_tiles_is_near_to_decoding_at_once()
    {
        await using var whole = await DiffusionModel.LoadAsync(Model());
        await using var tiled = await DiffusionModel.LoadAsync(Model(), new() { TileDecodingAbove = 0 });
        var request = Small with { Width = 200, Height = 136, Steps = 2, Guidance = 1 };
        var (a, b) = ((await whole.GenerateAsync(request))[0].Image, (await tiled.GenerateAsync(request))[0].Image);
        Assert.Equal((a.Width, a.Height), (b.Width, b.Height));

        // Attention and normalisation see a tile instead of all: equal on the whole, not in every pixel.
        var difference = Enumerable.Range(0, a.Pixels.Length).Average(i => Math.Abs(a.Pixels[i] - b.Pixels[i]));
        var spread = Enumerable.Range(1, a.Pixels.Length - 1).Average(i => Math.Abs(a.Pixels[i] - a.Pixels[i - 1]));
        Assert.True(difference < spread, $"mean difference {difference:F2} against {spread:F2} between neighbours");
    }

    [Fact]
    public void Tiles_cover_every_length_once_and_overlap()
    {
        for (var length = 1; length < 400; length++)
        {
            var tiles = TiledDecoder.Cut(length).ToList();
            Assert.Equal(0, tiles[0].Start);
            Assert.Equal(length, tiles[^1].Start + tiles[^1].Length);
            for (var i = 1; i < tiles.Count; i++) Assert.InRange(tiles[i].Start, tiles[i - 1].Start + 1, tiles[i - 1].Start + TiledDecoder.Tile - TiledDecoder.Overlap);
        }
    }

    /// <summary>Equal but for a rounding of single values: sums in another order differ in the last bit.</summary>
    static void AssertNear(ImageBuffer expected, ImageBuffer actual)
    {
        Assert.Equal((expected.Width, expected.Height), (actual.Width, actual.Height));
        for (var i = 0; i < expected.Pixels.Length; i++) Assert.InRange(actual.Pixels[i], expected.Pixels[i] - 1, expected.Pixels[i] + 1);
    }

    static void CopyFolder(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    sealed class Reporter(Action<DiffusionProgress> tell) : IProgress<DiffusionProgress>
    {
        public void Report(DiffusionProgress value) => tell(value);
    }

    sealed class LoadReporter(Action<LoadProgress> tell) : IProgress<LoadProgress>
    {
        public void Report(LoadProgress value) => tell(value);
    }
}
