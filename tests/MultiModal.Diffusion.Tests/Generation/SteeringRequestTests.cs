using MultiModal.Diffusion.Generation;
using MultiModal.Diffusion.Networks;
using MultiModal.Diffusion.Steering;
using MultiModal.Diffusion.Text.Prompts;
using MultiModal.Images;
using MultiModal.Runtime.Random;
using MultiModal.Runtime.Sessions;
using MultiModal.Runtime.Weights;
using MultiModal.Testing;

namespace MultiModal.Diffusion.Tests.Generation;

/// <summary>What a request can say beyond a prompt, on a tiny model with random weights.</summary>
public sealed class SteeringRequestTests
{
    static readonly ImageRequest Small = new("a small red apple on the tree") { Seed = 7, Steps = 4, Width = 32, Height = 32, Scheduler = "DDIMScheduler" };

    static string Model(string name = "tiny-sd15") => Fixtures.PathOf($"diffusion/models/{name}");

    static async Task<ImageBuffer> DrawAsync(DiffusionModel model, ImageRequest request) => (await model.GenerateAsync(request))[0].Image;

    [Theory]
    [InlineData("tiny-sd15")]
    [InlineData("tiny-sd21v")]
    [InlineData("tiny-sdxl")]
    public async Task Plain_prompts_draw_the_same_with_and_without_the_syntax(string name)
    {
        await using var model = await DiffusionModel.LoadAsync(Model(name));
        var request = Small with { NegativePrompt = "watercolor painting, robot!" };
        Assert.True(Same(await DrawAsync(model, request), await DrawAsync(model, request with { PromptSyntax = false })));
        Assert.True(Same(await DrawAsync(model, Small), await DrawAsync(model, Small with { PromptSyntax = false })));
    }

    [Theory]
    [InlineData("tiny-sd15")]
    [InlineData("tiny-sdxl")]
    public async Task Every_part_of_the_syntax_changes_the_picture(string name)
    {
        await using var model = await DiffusionModel.LoadAsync(Model(name));
        var seen = new List<ImageBuffer> { await DrawAsync(model, Small) };
        foreach (var prompt in (string[])
                 [
                     "a small (red:1.9) apple on the tree", "a small red apple [on:under:0.5] the tree", "a small [red|robot] apple on the tree",
                     "a small red apple BREAK on the tree", "a small red apple on the tree AND a robot:0.8", "(a small red apple on the tree:0)",
                     string.Join(", ", Enumerable.Repeat("a small red apple on the tree", 12)),
                 ])
        {
            var image = await DrawAsync(model, Small with { Prompt = prompt });
            Assert.All(seen, other => Assert.False(other.Pixels.SequenceEqual(image.Pixels), prompt));
            seen.Add(image);
        }
    }

    [Fact]
    public async Task Syntax_that_says_nothing_new_changes_nothing()
    {
        await using var model = await DiffusionModel.LoadAsync(Model());
        var plain = await DrawAsync(model, Small);
        foreach (var prompt in (string[])
                 [
                     "a small (red:1) apple on the tree", "a small [red|red] apple on the tree", "a small [red:red:2] apple on the tree", "a small red apple on [the tree:0]",
                     "a small red apple on the tree :0.5 AND a small red apple on the tree:0.5", "a small red apple on the tree :1 AND a robot:0",
                 ])
            AssertNear(plain, await DrawAsync(model, Small with { Prompt = prompt }));
    }

    [Theory]
    [InlineData("tiny-sd15", 1)]
    [InlineData("tiny-sdxl", 2)]
    public async Task Clip_skip_counts_layers_from_the_last_and_the_models_own_is_the_default(string name, int own)
    {
        await using var model = await DiffusionModel.LoadAsync(Model(name));
        var plain = await DrawAsync(model, Small);
        Assert.True(Same(plain, await DrawAsync(model, Small with { ClipSkip = own })));
        Assert.False(Same(plain, await DrawAsync(model, Small with { ClipSkip = 3 - own })));
    }

    [Fact]
    public async Task Emphasis_modes_differ_and_ignoring_weights_is_having_none()
    {
        await using var model = await DiffusionModel.LoadAsync(Model());
        var weighted = Small with { Prompt = "a small (red:1.5) apple on the tree" };
        var images = new List<ImageBuffer>();
        foreach (var mode in Enum.GetValues<Emphasis>()) images.Add(await DrawAsync(model, weighted with { Emphasis = mode }));
        Assert.True(Same(images[(int)Emphasis.Ignore], await DrawAsync(model, Small)));
        Assert.Equal(images.Count, images.Select(i => Convert.ToHexString(i.Pixels)).Distinct().Count());
    }

    [Fact]
    public async Task Tokens_are_counted()
    {
        await using var model = await DiffusionModel.LoadAsync(Model());
        Assert.Equal(new TokenCount(0, 1, 75), model.CountTokens(""));
        var one = model.CountTokens("a tree");
        Assert.Equal(one, model.CountTokens("a (tree:1.2)"));
        Assert.Equal(75 + one.Tokens, model.CountTokens("red BREAK a tree").Tokens);
    }

    [Theory]
    [InlineData("Euler a")]
    [InlineData("DPM++ 2M Karras")]
    [InlineData("dpm_2")]
    [InlineData("UniPC")]
    public async Task Samplers_go_by_all_their_names(string scheduler)
    {
        await using var model = await DiffusionModel.LoadAsync(Model());
        var image = await DrawAsync(model, Small with { Scheduler = scheduler });
        Assert.False(Same(image, await DrawAsync(model, Small)));
        Assert.Contains($"Sampler: {scheduler}", image.Text["parameters"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Image_to_image_of_strength_0_gives_the_decoded_picture_and_more_strength_goes_further_from_it()
    {
        await using var model = await DiffusionModel.LoadAsync(Model());
        var init = await DrawAsync(model, Small);
        foreach (var scheduler in (string[])["DDIMScheduler", "HeunDiscreteScheduler", "DPM++ 2M"])
        {
            var request = Small with { Init = init, Width = null, Height = null, Scheduler = scheduler, Steps = 10, Seed = 3 };
            var images = new List<ImageBuffer>();
            foreach (var strength in (float[])[0, 0.2f, 0.9f]) images.Add(await DrawAsync(model, request with { Strength = strength }));
            Assert.Equal((32, 32), (images[0].Width, images[0].Height));
            var (near, far) = (Distance(images[0], images[1]), Distance(images[0], images[2]));
            Assert.True(near > 0 && near < far, $"{scheduler}: {near} and {far}");
        }
    }

    [Fact]
    public async Task Inpainting_keeps_what_is_not_masked()
    {
        await using var model = await DiffusionModel.LoadAsync(Model());
        var init = Gradient(48, 32);
        var mask = new ImageBuffer(48, 32, 1);
        for (var y = 0; y < 32; y++) mask.Row(y)[24..].Fill(255);
        var seen = new HashSet<string>();
        foreach (var content in Enum.GetValues<MaskedContent>())
        {
            var image = await DrawAsync(model, Small with { Width = null, Height = null, Init = init, Mask = mask, MaskBlur = 0, Strength = 0.8f, MaskedContent = content });
            for (var y = 0; y < 32; y++) Assert.True(image.Row(y)[..(24 * 3)].SequenceEqual(init.Row(y)[..(24 * 3)]), $"{content}, row {y}");
            Assert.True(seen.Add(Convert.ToHexString(image.Pixels)), $"{content} draws what another does");
        }
    }

    [Fact]
    public async Task Inpainting_only_the_masked_part_leaves_the_size_and_the_rest_of_the_picture()
    {
        await using var model = await DiffusionModel.LoadAsync(Model());
        var init = Gradient(101, 67);
        var mask = new ImageBuffer(101, 67, 1);
        for (var y = 20; y < 30; y++) mask.Row(y)[40..55].Fill(255);
        var image = await DrawAsync(model, Small with { Init = init, Mask = mask, MaskBlur = 0, MaskedOnly = true, MaskPadding = 4, Strength = 1 });
        Assert.Equal((101, 67), (image.Width, image.Height));
        var changed = 0;
        for (var i = 0; i < 101 * 67; i++)
        {
            var same = image.Pixels.Slice(i * 3, 3).SequenceEqual(init.Pixels.Slice(i * 3, 3));
            if (mask.Pixels[i] == 0) Assert.True(same, $"pixel {i}");
            else if (!same) changed++;
        }

        Assert.True(changed > 100, $"{changed} of 150 pixels were drawn");
        await Assert.ThrowsAsync<ArgumentException>(() => model.GenerateAsync(Small with { Init = init, Mask = new ImageBuffer(101, 67, 1), MaskedOnly = true }));
    }

    [Fact]
    public async Task ControlNets_steer_by_their_scale_and_within_their_steps()
    {
        await using var model = await DiffusionModel.LoadAsync(Model());
        await using var control = await ControlNetModel.LoadAsync(Model("tiny-sd15-controlnet"));
        var free = await DrawAsync(model, Small);
        var steered = Small with { Controls = [new(control, Gradient(32, 32))] };
        var full = await DrawAsync(model, steered);
        Assert.False(free.Pixels.SequenceEqual(full.Pixels));
        AssertNear(free, await DrawAsync(model, Small with { Controls = [new(control, Gradient(32, 32)) { Scale = 0 }] }));
        AssertNear(free, await DrawAsync(model, Small));
        AssertNear(full, await DrawAsync(model, Small with { Controls = [new(control, Gradient(32, 32)) { Scale = 0.5f }, new(control, Gradient(32, 32)) { Scale = 0.5f }] }));
        var half = await DrawAsync(model, Small with { Controls = [new(control, Gradient(32, 32)) { End = 0.5f }] });
        Assert.False(half.Pixels.SequenceEqual(full.Pixels));
        Assert.False(half.Pixels.SequenceEqual(free.Pixels));

        // Sizes that do not halve evenly, and guidance in one batch.
        Assert.Equal(34, (await DrawAsync(model, steered with { Width = 38, Height = 34 })).Height);
        await using var together = await DiffusionModel.LoadAsync(Model(), new() { BatchGuidance = true });
        AssertNear(full, await DrawAsync(together, steered));
    }

    [Fact]
    public async Task A_ControlNet_of_another_family_is_refused()
    {
        await using var model = await DiffusionModel.LoadAsync(Model("tiny-sdxl"));
        await using var control = await ControlNetModel.LoadAsync(Model("tiny-sd15-controlnet"));
        await Assert.ThrowsAsync<ArgumentException>(() => model.GenerateAsync(Small with { Controls = [new(control, Gradient(32, 32))] }));
    }

    [Fact]
    public async Task Requests_at_once_may_each_need_another_form_of_the_UNet()
    {
        var before = LiveHandles.Total;
        await using (var model = await DiffusionModel.LoadAsync(Model()))
        {
            await using var control = await ControlNetModel.LoadAsync(Model("tiny-sd15-controlnet"));
            var images = await Task.WhenAll(Enumerable.Range(0, 9).Select(i => model.GenerateAsync(Small with
            {
                Seed = i, Steps = 6, Width = i % 3 == 1 ? 38 : 32, Controls = i % 3 == 2 ? [new(control, Gradient(32, 32))] : [],
            })));
            Assert.Equal(9, images.Length);
        }

        Assert.Equal(before, LiveHandles.Total);
    }

    [Fact]
    public async Task The_tiny_autoencoder_decodes_and_previews()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("config.json"), """
            { "encoder_block_out_channels": [8, 8], "decoder_block_out_channels": [8, 8], "num_encoder_blocks": [1, 1], "num_decoder_blocks": [1, 1] }
            """);
        var random = new TorchRandom(4);
        var graph = DiffusionGraphs.TinyDecoder(new() { EncoderChannels = [8, 8], DecoderChannels = [8, 8], EncoderBlocks = [1, 1], DecoderBlocks = [1, 1] });
        SafetensorsWriter.Write(
            folder.File("diffusion_pytorch_model.safetensors"), graph.Parameters.ToDictionary(p => p.Key, p =>
            {
                var tensor = random.Normal([.. p.Value.Shape.ToLongs()]);
                for (var i = 0; i < tensor.Length; i++) tensor.Floats[i] *= 0.1f;
                return tensor;
            }));
        await using var model = await DiffusionModel.LoadAsync(Model(), new() { TinyAutoencoder = folder.Path });
        var full = await DrawAsync(model, Small);
        var previews = new List<ImageBuffer>();
        ImageBuffer? tiny = null;
        await foreach (var update in model.GenerateStreamingAsync(Small with { TinyDecoding = true, PreviewEvery = 1 }))
            if (update is DiffusionUpdate.Preview preview) previews.Add(preview.Images[0]);
            else if (update is DiffusionUpdate.Completed completed) tiny = completed.Images[0].Image;
        Assert.Equal(3, previews.Count);
        Assert.All(previews, p => Assert.Equal((32, 32), (p.Width, p.Height)));
        Assert.Equal((32, 32), (tiny!.Width, tiny.Height));
        Assert.False(Same(full, tiny));
        Assert.True(Distance(previews[^1], tiny) < Distance(previews[0], tiny), "previews come nearer to the picture");
    }

    [Fact]
    public async Task A_tiny_autoencoder_of_other_latents_is_refused()
    {
        // The tiny model's latents are halves, the tiny autoencoder's eighths of a picture: they do not go together.
        await using var model = await DiffusionModel.LoadAsync(Model(), new() { TinyAutoencoder = Model("tiny-taesd") });
        var error = await Assert.ThrowsAsync<InvalidFileException>(() => model.GenerateAsync(Small with { TinyDecoding = true }));
        Assert.Contains("8 times smaller", error.Message, StringComparison.Ordinal);
        await using var without = await DiffusionModel.LoadAsync(Model());
        await Assert.ThrowsAsync<ArgumentException>(() => without.GenerateAsync(Small with { TinyDecoding = true }));
    }

    [Fact]
    public async Task Guidance_within_all_steps_is_guidance_and_outside_it_is_none()
    {
        await using var model = await DiffusionModel.LoadAsync(Model());
        var full = await DrawAsync(model, Small);
        Assert.True(Same(full, await DrawAsync(model, Small with { GuidanceFrom = 0, GuidanceTo = 1 })));
        var none = await DrawAsync(model, Small with { Guidance = 1 });
        Assert.True(Same(none, await DrawAsync(model, Small with { GuidanceTo = 0 })));
        var half = await DrawAsync(model, Small with { GuidanceTo = 0.5f });
        Assert.False(half.Pixels.SequenceEqual(full.Pixels));
        Assert.False(half.Pixels.SequenceEqual(none.Pixels));
        Assert.False(Same(full, await DrawAsync(model, Small with { GuidanceRescale = 0.7f })));
    }

    [Fact]
    public async Task Variations_go_from_one_seed_to_another()
    {
        await using var model = await DiffusionModel.LoadAsync(Model());
        var from = await DrawAsync(model, Small);
        var to = await DrawAsync(model, Small with { Seed = 20 });
        AssertNear(to, await DrawAsync(model, Small with { SubSeed = 20, SubSeedStrength = 1 }));
        var two = await model.GenerateAsync(Small with { SubSeed = 20, SubSeedStrength = 0.3f, Count = 2 });
        Assert.All(two, i => Assert.Equal(7, i.Seed));
        Assert.False(two[0].Image.Pixels.SequenceEqual(two[1].Image.Pixels));
        AssertNear(two[1].Image, await DrawAsync(model, Small with { SubSeed = 21, SubSeedStrength = 0.3f }));
        Assert.True(Distance(from, two[0].Image) > 0);
    }

    [Fact]
    public async Task The_noise_of_steps_may_have_a_seed_of_its_own()
    {
        await using var model = await DiffusionModel.LoadAsync(Model());
        var request = Small with { Scheduler = "Euler a" };
        Assert.False(Same(await DrawAsync(model, request), await DrawAsync(model, request with { StepSeedDelta = 31337 })));
        Assert.True(Same(await DrawAsync(model, Small), await DrawAsync(model, Small with { StepSeedDelta = 31337 })));
    }

    [Fact]
    public async Task Callbacks_see_every_step_and_may_change_the_latents()
    {
        await using var model = await DiffusionModel.LoadAsync(Model());
        var steps = new List<int>();
        var seen = await DrawAsync(model, Small with { AfterStep = s => steps.Add(s.Step) });
        Assert.Equal([1, 2, 3, 4], steps);
        Assert.True(Same(seen, await DrawAsync(model, Small)));
        var changed = await DrawAsync(model, Small with { AfterStep = s => { if (s.Step == s.Steps) s.Latents.Clear(); } });
        Assert.False(changed.Pixels.SequenceEqual(seen.Pixels));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_second_pass_draws_larger_and_counts_its_steps(bool inLatents)
    {
        await using var model = await DiffusionModel.LoadAsync(Model());
        var told = new List<DiffusionProgress>();
        var images = await model.GenerateAsync(
            Small with { Count = 2, HighResolution = new() { Scale = 1.5f, Strength = 0.5f, InLatents = inLatents } }, new Reporter(told.Add));
        Assert.All(images, i => Assert.Equal((48, 48), (i.Image.Width, i.Image.Height)));
        Assert.Equal([1, 2, 3, 4, 5, 6], told.Select(t => t.Step));
        Assert.All(told, t => Assert.Equal(6, t.Steps));
    }

    [Fact]
    public async Task A_pictures_own_text_draws_it_again()
    {
        await using var model = await DiffusionModel.LoadAsync(Model());
        foreach (var request in (ImageRequest[])
                 [
                     Small with { Prompt = "a (red:1.3) tree,\nwith a \"robot\": [a|b]", NegativePrompt = "sky, water" },
                     Small with { Scheduler = "DPM++ 2M Karras", ClipSkip = 2, Emphasis = Emphasis.NoNorm, Noise = NoiseKind.Philox },
                     Small with { Scheduler = "Euler a", ScheduleType = "SGM Uniform", SubSeed = 5, SubSeedStrength = 0.25f, GuidanceRescale = 0.5f, StepSeedDelta = 31337 },
                     Small with { Scheduler = null, KarrasSigmas = false, Sampler = new() { Eta = 0.5f }, GuidanceTo = 0.75f, PromptSyntax = false },
                     Small with { HighResolution = new() { Scale = 1.5f, Strength = 0.5f, Steps = 6 } },
                     Small with { Width = 64, Tiles = new() { Size = 32 }, Steps = 12, StepCaching = 0.5f },
                 ])
        {
            var image = await DrawAsync(model, request);
            var read = GenerationText.Parse(image.Text["parameters"]);
            Assert.True(Same(image, await DrawAsync(model, read)), image.Text["parameters"]);
        }
    }

    [Fact]
    public async Task Tiles_that_hold_the_whole_picture_change_nothing_and_smaller_ones_draw_all_of_it()
    {
        await using var model = await DiffusionModel.LoadAsync(Model());
        await using var control = await ControlNetModel.LoadAsync(Model("tiny-sd15-controlnet"));
        var whole = await DrawAsync(model, Small with { Width = 64 });
        Assert.True(Same(whole, await DrawAsync(model, Small with { Width = 64, Tiles = new() { Size = 64 } })));
        var tiled = await DrawAsync(model, Small with { Width = 64, Tiles = new() { Size = 32, Overlap = 8 } });
        Assert.Equal((64, 32), (tiled.Width, tiled.Height));
        Assert.False(Same(whole, tiled));
        var steered = Small with { Width = 64, Controls = [new(control, Gradient(64, 32))] };
        Assert.False(Same(tiled, await DrawAsync(model, steered with { Tiles = new() { Size = 32, Overlap = 8 } })));
    }

    [Fact]
    public void Tiles_cover_every_length_evenly()
    {
        for (var length = 1; length < 200; length++)
            foreach (var (tile, overlap) in ((int, int)[])[(64, 16), (8, 0), (5, 4)])
            {
                var starts = SamplingTiles.Starts(length, tile, overlap);
                Assert.Equal(0, starts[0]);
                Assert.True(starts[^1] + tile >= length && (length <= tile || starts[^1] + tile == length), $"{length}, {tile}");
                for (var i = 1; i < starts.Length; i++) Assert.InRange(starts[i], starts[i - 1] + 1, starts[i - 1] + tile - overlap);
            }
    }

    [Fact]
    public async Task Step_caching_leaves_calls_out_and_stays_near()
    {
        await using var model = await DiffusionModel.LoadAsync(Model());
        var request = Small with { Steps = 30 };
        var full = await DrawAsync(model, request);
        Assert.True(Same(full, await DrawAsync(model, request with { StepCaching = 0 })));
        var cached = await DrawAsync(model, request with { StepCaching = 1 });
        Assert.False(Same(full, cached));
        Assert.True(Distance(full, cached) < Distance(full, await DrawAsync(model, request with { Seed = 8 })));
    }

    [Fact]
    public async Task Steering_that_contradicts_itself_is_refused()
    {
        await using var model = await DiffusionModel.LoadAsync(Model());
        var init = Gradient(32, 32);
        foreach (var request in (ImageRequest[])
                 [
                     Small with { Mask = init }, Small with { Init = init, Mask = Gradient(16, 32) }, Small with { Init = init, Strength = 1.5f },
                     Small with { Init = init, MaskedOnly = true }, Small with { ClipSkip = 0 }, Small with { GuidanceTo = -1 },
                     Small with { SubSeedStrength = float.NaN }, Small with { Scheduler = "Nonsense" }, Small with { Scheduler = "Euler", ScheduleType = "Nonsense" },
                     Small with { ScheduleType = "Simple" }, Small with { HighResolution = new() { Scale = 1 } }, Small with { Prompt = "a <lora:ink:0.8>" },
                 ])
            await Assert.ThrowsAnyAsync<ArgumentException>(() => model.GenerateAsync(request));
    }

    static ImageBuffer Gradient(int width, int height)
    {
        var image = new ImageBuffer(width, height);
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++) ((byte[])[(byte)(x * 255 / width), (byte)(y * 255 / height), (byte)((x + y) % 2 * 200)]).CopyTo(image.Row(y)[(x * 3)..]);
        return image;
    }

    static bool Same(ImageBuffer a, ImageBuffer b) => a.Pixels.SequenceEqual(b.Pixels);

    static double Distance(ImageBuffer a, ImageBuffer b) => Enumerable.Range(0, a.Pixels.Length).Average(i => Math.Abs(a.Pixels[i] - b.Pixels[i]));

    /// <summary>Equal but for a rounding of single values: sums in another order differ in the last bit.</summary>
    static void AssertNear(ImageBuffer expected, ImageBuffer actual)
    {
        Assert.Equal((expected.Width, expected.Height), (actual.Width, actual.Height));
        for (var i = 0; i < expected.Pixels.Length; i++) Assert.InRange(actual.Pixels[i], expected.Pixels[i] - 1, expected.Pixels[i] + 1);
    }

    sealed class Reporter(Action<DiffusionProgress> tell) : IProgress<DiffusionProgress>
    {
        public void Report(DiffusionProgress value) => tell(value);
    }
}
