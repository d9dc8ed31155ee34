using MultiModal.Diffusion.Adapters;
using MultiModal.Diffusion.Generation;
using MultiModal.Runtime;
using MultiModal.Runtime.Weights;
using MultiModal.Testing;

namespace MultiModal.Diffusion.Tests.Adapters;

/// <summary>What adapters' files say, under every naming, and what is written of them.</summary>
public sealed class LoraFileTests : IDisposable
{
    static readonly ImageRequest Small = new("a small red apple on the tree") { Seed = 7, Steps = 2, Width = 32, Height = 32, Scheduler = "DDIMScheduler" };
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("lora_unet_{0}.lora_down.weight", "lora_unet_{0}.lora_up.weight", true)]
    [InlineData("lycoris_{0}.lora_down.weight", "lycoris_{0}.lora_up.weight", true)]
    [InlineData("unet.{0}.lora_A.weight", "unet.{0}.lora_B.weight", false)]
    [InlineData("unet.{0}.lora_A.default.weight", "unet.{0}.lora_B.default.weight", false)]
    [InlineData("base_model.model.{0}.lora_A.weight", "base_model.model.{0}.lora_B.weight", false)]
    [InlineData("base_model.model.unet.{0}.lora_A.weight", "base_model.model.unet.{0}.lora_B.weight", false)]
    [InlineData("unet.{0}.lora.down.weight", "unet.{0}.lora.up.weight", false)]
    [InlineData("diffusion_model.{0}.lora_A.weight", "diffusion_model.{0}.lora_B.weight", false)]
    public async Task Layers_are_found_under_every_naming(string down, string up, bool flat)
    {
        foreach (var (model, layers) in ((string, string[])[])
                 [
                     ("tiny-sd15", ["mid_block.attentions.0.transformer_blocks.0.attn1.to_q", "middle_block.1.transformer_blocks.0.attn1.to_q"]),
                     ("tiny-sd15", ["down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_out.0", "input_blocks.1.1.transformer_blocks.0.attn2.to_out.0"]),
                     ("tiny-sdxl", ["up_blocks.0.attentions.1.transformer_blocks.1.ff.net.0.proj", "output_blocks.1.1.transformer_blocks.1.ff.net.0.proj"]),
                     ("tiny-sdxl", ["up_blocks.0.upsamplers.0.conv", "output_blocks.1.2.conv"]),
                     ("tiny-sdxl", ["down_blocks.0.downsamplers.0.conv", "input_blocks.2.0.op"]),
                     ("tiny-sdxl", ["mid_block.resnets.1.conv2", "middle_block.2.out_layers.3"]),
                     ("tiny-sdxl", ["add_embedding.linear_2", "label_emb.0.2"]),
                 ])
        {
            var targets = await MadeLora.TargetsAsync(model);
            var target = targets.All.Single(t => t.Component == "unet" && t.Layer == layers[0]);
            foreach (var layer in layers)
            {
                var name = flat ? layer.Replace('.', '_') : layer;
                var shape = target.Weight!;
                var path = new MadeLora(1).Put(string.Format(System.Globalization.CultureInfo.InvariantCulture, down, name), 1, [2, .. shape.Skip(1)])
                    .Put(string.Format(System.Globalization.CultureInfo.InvariantCulture, up, name), 1, shape.Count == 4 ? [shape[0], 2, 1, 1] : [shape[0], 2]).Write(folder, "one");
                using var lora = await LoraWeights.LoadAsync(path);
                var match = LoraSet.Match(lora, targets);
                Assert.Equal((1, 0), (match.LayerCount, match.UnmatchedKeys.Count));
                Assert.Same(target, targets.Find(lora.Modules[0].Layer));
                Assert.NotNull(lora.Modules[0].ForWeight(shape));
            }
        }
    }

    [Theory]
    [InlineData("tiny-sd15", "text_encoder", "lora_te_{0}", "lora_te1_{0}", "lora_te2_{0}")]
    [InlineData("tiny-sdxl", "text_encoder", "lora_te1_{0}", "lora_te_{0}")]
    [InlineData("tiny-sdxl", "text_encoder_2", "lora_te2_{0}")]
    public async Task Layers_of_text_encoders_are_found_by_their_number(string model, string component, params string[] names)
    {
        var targets = await MadeLora.TargetsAsync(model);
        const string layer = "text_model.encoder.layers.1.self_attn.q_proj";
        foreach (var name in names)
            Assert.Equal((component, layer), (targets.Find(string.Format(System.Globalization.CultureInfo.InvariantCulture, name, layer.Replace('.', '_'))) is { } t ? (t.Component, t.Layer) : default));
        foreach (var dotted in (string[])[$"{component}.{layer}", $"{component}.text_model.encoder.layers.1.self_attn.to_q"]) Assert.Equal(component, targets.Find(dotted)?.Component);
    }

    [Fact]
    public async Task Alpha_of_PEFT_is_read_from_its_configuration()
    {
        var made = new MadeLora(1).Put("unet.mid_block.attentions.0.proj_in.lora_A.weight", 1, 4, 32, 1, 1).Put("unet.mid_block.attentions.0.proj_in.lora_B.weight", 1, 32, 4, 1, 1);
        made.Metadata["lora_adapter_metadata"] = """{"unet.lora_alpha": 8, "unet.r": 4, "unet.alpha_pattern": {"proj_out": 1}, "unet.use_rslora": false}""";
        using var inFile = await LoraWeights.LoadAsync(made.Write(folder, "meta"));
        Assert.Equal(8, inFile.Modules[0].CommonAlpha);
        Assert.False(inFile.Modules[0].IsRankStabilised);

        made.Metadata.Clear();
        var path = made.Write(folder, "adapter_model");
        File.WriteAllText(folder.File("adapter_config.json"), """{"lora_alpha": 8, "use_rslora": true, "alpha_pattern": {"attentions.0.proj_in": 2}}""");
        using var beside = await LoraWeights.LoadAsync(folder.Path);
        Assert.Equal(path, beside.Path);
        Assert.True(beside.Modules[0].IsRankStabilised);
        Assert.Equal(2, beside.Modules[0].CommonAlpha);
    }

    [Fact]
    public async Task Metadata_and_hashes_are_read()
    {
        var made = new MadeLora(1).LowRank("lora_unet_mid_block_attentions_0_proj_in", [32, 32], 2, 1);
        foreach (var (key, value) in ((string, string)[])
                 [
                     ("ss_output_name", "ink_v1"), ("ss_network_dim", "2"), ("ss_network_alpha", "1.5"), ("ss_base_model_version", "sd_v1"), ("ss_clip_skip", "2"), ("modelspec.title", "Ink"),
                     ("modelspec.trigger_phrase", "inkwash"), ("ss_tag_frequency", """{"10_ink": {"pond": 3, "koi": 5}, "5_more": {"pond": 4}}"""),
                 ])
            made.Metadata[key] = value;
        var path = made.Write(folder, "ink");
        using var lora = await LoraWeights.LoadAsync(path);
        var metadata = lora.Metadata;
        Assert.Equal(("Ink", "ink_v1", "sd_v1", "inkwash"), (metadata.Title, metadata.OutputName, metadata.BaseModel, metadata.TriggerPhrase));
        Assert.Equal((2, 1.5f, 2), (metadata.Rank, metadata.Alpha, metadata.ClipSkip));
        Assert.Equal([new("pond", 7), new("koi", 5)], metadata.Tags);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path))), await lora.FileHashAsync());

        // Other metadata, the same tensors.
        made.Metadata["modelspec.title"] = "Ink, second title";
        using var other = await LoraWeights.LoadAsync(made.Write(folder, "ink2"));
        Assert.NotEqual(await lora.FileHashAsync(), await other.FileHashAsync());
        Assert.Equal(await lora.WeightsHashAsync(), await other.WeightsHashAsync());
    }

    [Fact]
    public async Task Files_that_are_no_adapters_are_refused()
    {
        await Assert.ThrowsAsync<InvalidFileException>(() => LoraWeights.LoadAsync(folder.File("none.safetensors")));
        await Assert.ThrowsAsync<InvalidFileException>(() => LoraWeights.LoadAsync(folder.Path));
        var error = await Assert.ThrowsAsync<InvalidFileException>(() => LoraWeights.LoadAsync(Path.Combine(MadeLora.Model(), "unet", "diffusion_pytorch_model.safetensors")));
        Assert.Contains("DiffusionModel.LoadAsync", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tiny-sd15")]
    [InlineData("tiny-sdxl")]
    public async Task Several_adapters_written_as_one_draw_the_same(string name)
    {
        using var ink = await LoraWeights.LoadAsync(await MadeLora.WriteAsync(folder, "ink", 1, name, t => t.Weight is { Count: 2 or 4 }));
        using var gold = await LoraWeights.LoadAsync(await MadeLora.WriteAsync(folder, "gold", 2, name));
        using var bias = await LoraWeights.LoadAsync(new MadeLora(3).Put("lora_unet_mid_block_attentions_0_proj_out.diff_b", 0.5f, 32).Put("lora_unet_conv_in.dora_scale", 1, 16, 1, 1, 1)
            .LowRank("lora_unet_conv_in", [16, 4, 3, 3], 2, 0.3f).Write(folder, "bias"));
        await using var model = await DiffusionModel.LoadAsync(MadeLora.Model(name));
        LoraUse[] uses = [new(ink, 0.5f), new(gold, -0.7f) { TextScale = 0.3f }, new(bias, 0.5f)];
        var expected = (await model.GenerateAsync(Small with { Loras = uses }))[0].Image;
        await model.SaveFusedLoraAsync(uses, folder.File("both.safetensors"), half: false);
        using var both = await LoraWeights.LoadAsync(folder.File("both.safetensors"));
        Assert.Equal("ink + gold + bias", both.Metadata.Title);
        AssertClose(expected.Pixels.ToArray(), (await model.GenerateAsync(Small with { Loras = [new(both) { Strict = true }] }))[0].Image.Pixels.ToArray());
    }

    [Fact]
    public async Task A_model_written_with_adapters_draws_as_the_model_with_them()
    {
        using var ink = await LoraWeights.LoadAsync(await MadeLora.WriteAsync(folder, "ink", 1));
        await using var model = await DiffusionModel.LoadAsync(MadeLora.Model());
        var expected = (await model.GenerateAsync(Small with { Loras = [new(ink)] }))[0].Image;
        await model.SaveMergedAsync([new(ink)], folder.File("merged.safetensors"));
        await using var merged = await DiffusionModel.LoadAsync(folder.File("merged.safetensors"), new() { Configuration = MadeLora.Model() });
        AssertClose(expected.Pixels.ToArray(), (await merged.GenerateAsync(Small))[0].Image.Pixels.ToArray());
        await Assert.ThrowsAsync<ArgumentException>(() => model.SaveMergedAsync([new(ink, 0)], folder.File("none.safetensors")));
    }

    [Fact]
    public async Task A_pictures_text_calls_its_adapters()
    {
        using var ink = await LoraWeights.LoadAsync(await MadeLora.WriteAsync(folder, "ink", 1));
        using var library = new LoraLibrary(folder.Path);
        await using var model = await DiffusionModel.LoadAsync(MadeLora.Model(), new() { Loras = library });
        var request = Small with { Loras = [new(ink, 0.5f) { TextScale = 0.25f, MaximumRank = 1, Blocks = LoraBlocks.Of(0.5f, 1, 0) }] };
        var image = (await model.GenerateAsync(request))[0].Image;
        var text = image.Text[GenerationText.Key];
        Assert.Contains($"Lora hashes: \"ink: {(await ink.WeightsHashAsync())[..12]}\"", text, StringComparison.Ordinal);
        var again = (await model.GenerateAsync(GenerationText.Parse(text)))[0].Image;
        Assert.True(image.Pixels.SequenceEqual(again.Pixels));
    }

    /// <summary>Sums in another order move a pixel by a step.</summary>
    static void AssertClose(byte[] expected, byte[] actual) => Assert.All(expected.Zip(actual), p => Assert.InRange(Math.Abs(p.First - p.Second), 0, 1));
}
