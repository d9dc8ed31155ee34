using System.Text.Json.Nodes;
using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Generation;
using MultiModal.Images;
using MultiModal.Testing;

namespace MultiModal.Diffusion.Tests.Generation;

/// <summary>SDXL's refiner: a tiny SDXL that reads its second text encoder alone and is told a score.</summary>
public sealed class RefinerTests
{
    static readonly ImageRequest Small = new("a small red apple on the tree") { NegativePrompt = "fog", Seed = 7, Steps = 4, Width = 32, Height = 32 };

    static string Base => Fixtures.PathOf("diffusion/models/tiny-sdxl");

    static void Make(TemporaryFolder folder)
    {
        VariedModel.Make(
            folder, Base,
            config =>
            {
                config["cross_attention_dim"] = 48;
                config["projection_class_embeddings_input_dim"] = 48 + (5 * 8);
            },
            tensors =>
            {
                foreach (var name in tensors.Keys.Where(n => n.Contains("attn2.to_k", StringComparison.Ordinal) || n.Contains("attn2.to_v", StringComparison.Ordinal)).ToList())
                    tensors[name] = VariedModel.WithInputs(tensors[name], 48, _ => 0);
                tensors["add_embedding.linear_1.weight"] = VariedModel.WithInputs(tensors["add_embedding.linear_1.weight"], 88, _ => 0);
            });
        var index = JsonNode.Parse(File.ReadAllText(folder.File("model_index.json")))!;
        index["text_encoder"] = new JsonArray(null, null);
        index["tokenizer"] = new JsonArray(null, null);
        index["force_zeros_for_empty_prompt"] = false;
        File.WriteAllText(folder.File("model_index.json"), index.ToJsonString());
    }

    [Fact]
    public async Task It_changes_pictures_on_its_own_and_its_scores_make_a_difference()
    {
        using var folder = new TemporaryFolder();
        Make(folder);
        await using var refiner = await DiffusionModel.LoadAsync(folder.Path);
        Assert.Equal(ModelFamily.StableDiffusionXLRefiner, refiner.Info.Family);
        var request = Small with { Init = Gradient(), Strength = 0.6f };
        var drawn = await DrawAsync(refiner, request);
        Assert.NotEqual(drawn, await DrawAsync(refiner, request with { AestheticScore = 1 }));
        Assert.NotEqual(drawn, await DrawAsync(refiner, request with { NegativeAestheticScore = 9 }));

        // Both predictions in one run are told their own scores.
        await using var together = await DiffusionModel.LoadAsync(folder.Path, new() { BatchGuidance = true });
        var batch = await DrawAsync(together, request);
        for (var i = 0; i < drawn.Length; i++) Assert.InRange(batch[i], drawn[i] - 1, drawn[i] + 1);
    }

    [Fact]
    public async Task Its_single_file_is_recognised_and_draws_the_same()
    {
        using var folder = new TemporaryFolder();
        Make(folder);
        await CheckpointConverter.ToSingleFileAsync(folder.Path, folder.File("refiner.safetensors"));
        await using var expected = await DiffusionModel.LoadAsync(folder.Path);
        await using var actual = await DiffusionModel.LoadAsync(folder.File("refiner.safetensors"), new() { Configuration = folder.Path });
        Assert.Equal(expected.Info with { Name = "refiner" }, actual.Info);
        Assert.Equal(await DrawAsync(expected, Small), await DrawAsync(actual, Small));
    }

    [Fact]
    public async Task As_the_second_model_of_a_request_it_draws_the_last_steps()
    {
        using var folder = new TemporaryFolder();
        Make(folder);
        await using var model = await DiffusionModel.LoadAsync(Base);
        await using var refiner = await DiffusionModel.LoadAsync(folder.Path);
        var alone = await DrawAsync(model, Small);
        Assert.Equal(alone, await DrawAsync(model, Small with { Refiner = new(refiner, 1) }));
        var late = await DrawAsync(model, Small with { Refiner = new(refiner, 0.75f) });
        var early = await DrawAsync(model, Small with { Refiner = new(refiner, 0.25f) });
        Assert.NotEqual(alone, late);
        Assert.NotEqual(early, late);
        Assert.Equal(alone, await DrawAsync(model, Small with { Refiner = new(model, 0.5f) }));

        await using var other = await DiffusionModel.LoadAsync(Fixtures.PathOf("diffusion/models/tiny-sd21v"));
        await Assert.ThrowsAsync<ArgumentException>(() => model.GenerateAsync(Small with { Refiner = new(other) }));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => model.GenerateAsync(Small with { Refiner = new(refiner, 2) }));
    }

    static async Task<byte[]> DrawAsync(DiffusionModel model, ImageRequest request) => (await model.GenerateAsync(request))[0].Image.Pixels.ToArray();

    static ImageBuffer Gradient()
    {
        var image = new ImageBuffer(32, 32);
        for (var i = 0; i < image.Pixels.Length; i++) image.Pixels[i] = (byte)(i / 96 * 8);
        return image;
    }
}
