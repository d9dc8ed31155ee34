using MultiModal.Diffusion.Generation;
using MultiModal.Diffusion.Networks;
using MultiModal.Diffusion.Safety;
using MultiModal.Images;
using MultiModal.Runtime;
using MultiModal.Runtime.Random;
using MultiModal.Runtime.Sessions;
using MultiModal.Runtime.Weights;
using MultiModal.Testing;

namespace MultiModal.Diffusion.Tests.Safety;

public sealed class SafetyCheckerTests
{
    const int Features = 8;

    /// <summary>A tiny checker with random weights; its concepts are the axes, so that scores can be told from the embedding.</summary>
    static void Write(TemporaryFolder folder, float[]? limits = null)
    {
        File.WriteAllText(folder.File("config.json"), """
            { "projection_dim": 8, "vision_config": { "image_size": 28, "patch_size": 14, "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2, "num_attention_heads": 4 } }
            """);
        var config = new ClipVisionConfig { ImageSize = 28, HiddenSize = 16, IntermediateSize = 24, Layers = 2, Heads = 4, ProjectionSize = Features };
        var random = new TorchRandom(3);
        var tensors = SafetyChecker.NetworkOf(config).Parameters
            .Select(p => KeyValuePair.Create(p.Key, random.Normal([.. p.Value.Shape.ToLongs()]))).ToDictionary();
        var axes = new float[Features * Features];
        for (var i = 0; i < Features; i++) axes[i * (Features + 1)] = 1;
        tensors["concept_embeds"] = TensorData.Of(axes, Features, Features);
        tensors["concept_embeds_weights"] = TensorData.Of(limits ?? new float[Features], limits?.Length ?? Features);
        tensors["special_care_embeds"] = TensorData.Of(axes[..Features], 1, Features);
        tensors["special_care_embeds_weights"] = TensorData.Of([2f], 1);
        SafetensorsWriter.Write(folder.File("model.safetensors"), tensors);
    }

    [Fact]
    public async Task A_picture_is_unsafe_when_a_cosine_exceeds_its_threshold()
    {
        using var folder = new TemporaryFolder();
        Write(folder);
        var before = LiveHandles.Total;
        await using (var checker = await SafetyChecker.LoadAsync(folder.Path))
        {
            var verdict = await checker.CheckAsync(Picture());
            Assert.Equal(Features, verdict.Scores.Count);
            Assert.Equal(verdict.Scores.Max() > 0, verdict.IsUnsafe);

            // With axes for concepts the scores are the direction itself.
            Assert.Equal(1, verdict.Scores.Sum(s => s * s), 0.01);
            Assert.True((await checker.CheckAsync(Picture(), strictness: 1)).IsUnsafe);
            Assert.False((await checker.CheckAsync(Picture(), strictness: -1)).IsUnsafe);
        }

        Assert.Equal(before, LiveHandles.Total);
    }

    [Fact]
    public async Task Pictures_near_a_special_concept_are_judged_more_strictly()
    {
        using var folder = new TemporaryFolder();
        Write(folder, [.. Enumerable.Repeat(0.705f, Features)]);
        await using var checker = await SafetyChecker.LoadAsync(folder.Path);
        float[] diagonal = [1, 1, 0, 0, 0, 0, 0, 0];

        // cos 45 degrees is 0.7071: 0.002 above its threshold; the special concept's threshold of 2 is never met.
        Assert.Equal(0.002f, checker.Judge(diagonal, 0).Scores[1], 1e-6f);
        Assert.True(checker.Judge(diagonal, 0).IsUnsafe);

        // Stricter by 1.5 the special concept is met as well, which adds 0.01.
        Assert.Equal(1.512f, checker.Judge(diagonal, 1.5f).Scores[1], 1e-6f);
    }

    [Fact]
    public async Task A_model_with_a_checker_reports_on_every_picture_and_hides_unsafe_ones()
    {
        using var folder = new TemporaryFolder();
        Write(folder);
        var request = new ImageRequest("a tree") { Seed = 7, Steps = 2, Width = 64, Height = 48, Count = 2 };
        var before = LiveHandles.Total;
        var images = new Dictionary<(UnsafePictures, bool), ImageBuffer>();
        foreach (var action in Enum.GetValues<UnsafePictures>())
            foreach (var strict in (bool[])[true, false])
            {
                var options = new DiffusionModelOptions { SafetyChecker = folder.Path, UnsafePictures = action, SafetyStrictness = strict ? 1.5f : -1.5f };
                await using var model = await DiffusionModel.LoadAsync(Fixtures.PathOf("diffusion/models/tiny-sd15"), options);
                var drawn = await model.GenerateAsync(request);
                Assert.All(drawn, i => Assert.Equal(strict, i.Safety!.IsUnsafe));
                Assert.All(drawn, i => Assert.True(i.Image.Text.ContainsKey(GenerationText.Key)));
                images[(action, strict)] = drawn[0].Image;
            }

        var seen = images[(UnsafePictures.Report, true)];
        Assert.All(Enum.GetValues<UnsafePictures>(), a => Assert.True(seen.Pixels.SequenceEqual(images[(a, false)].Pixels)));
        Assert.False(images[(UnsafePictures.Withhold, true)].Pixels.ContainsAnyExcept((byte)0));
        Assert.True(Roughness(images[(UnsafePictures.Blur, true)]) < Roughness(seen) / 8);
        await Assert.ThrowsAsync<InvalidFileException>(
            () => DiffusionModel.LoadAsync(Fixtures.PathOf("diffusion/models/tiny-sd15"), new() { SafetyChecker = folder.File("nowhere") }));
        Assert.Equal(before, LiveHandles.Total);
    }

    static double Roughness(ImageBuffer image) => Enumerable.Range(3, image.Pixels.Length - 3).Average(i => Math.Abs(image.Pixels[i] - image.Pixels[i - 3]));

    [Fact]
    public async Task Damaged_checkers_are_refused()
    {
        using var folder = new TemporaryFolder();
        await Assert.ThrowsAsync<InvalidFileException>(() => SafetyChecker.LoadAsync(folder.Path));
        Write(folder, new float[Features - 1]);
        await Assert.ThrowsAsync<InvalidFileException>(() => SafetyChecker.LoadAsync(folder.Path));
    }

    static ImageBuffer Picture()
    {
        var image = new ImageBuffer(50, 40);
        for (var i = 0; i < image.Pixels.Length; i++) image.Pixels[i] = (byte)(i * 7);
        return image;
    }
}
