using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Networks;
using MultiModal.Diffusion.Steering;
using MultiModal.Runtime;
using MultiModal.Runtime.Weights;
using MultiModal.Testing;

namespace MultiModal.Diffusion.Tests.Steering;

public sealed class ControlNetFileTests
{
    [Fact]
    public async Task The_original_layout_is_read_as_diffusers()
    {
        var folder = Fixtures.PathOf("diffusion/models/tiny-sd15-controlnet");
        var config = ControlNetConfig.From(await ConfigFile.LoadAsync(Path.Combine(folder, "config.json"), default));
        var parameters = DiffusionGraphs.ControlNet(config).Parameters;
        using var weights = WeightFiles.Open(Path.Combine(folder, "diffusion_pytorch_model.safetensors"));
        foreach (var prefix in (string[])["", "control_model."])
        {
            var original = new MemoryWeights(weights.Names.Select(n =>
                KeyValuePair.Create(prefix + OriginalControlNet.Original(n, config.UNet, hints: 2), weights.Get(n).ToFloat32())));
            Assert.DoesNotContain(original.Names, n => n.Contains("down_blocks", StringComparison.Ordinal) || n.Contains("embedding", StringComparison.Ordinal));
            using var back = OriginalControlNet.InDiffusersLayout(original, parameters.Keys, config.UNet);
            WeightMatching.Check(back, parameters.Select(p => (p.Key, (IReadOnlyList<long>)p.Value.Shape.ToLongs())));
            foreach (var name in weights.Names) Assert.True(weights.Get(name).ToFloat32().Floats.SequenceEqual(back.Get(name).ToFloat32().Floats), name);
        }
    }

    [Theory]
    [InlineData("down_blocks.0.resnets.1.conv1.weight", "input_blocks.2.0.in_layers.2.weight")]
    [InlineData("down_blocks.1.attentions.0.proj_in.bias", "input_blocks.4.1.proj_in.bias")]
    [InlineData("down_blocks.2.downsamplers.0.conv.weight", "input_blocks.9.0.op.weight")]
    [InlineData("down_blocks.3.resnets.0.time_emb_proj.bias", "input_blocks.10.0.emb_layers.1.bias")]
    [InlineData("mid_block.attentions.0.norm.weight", "middle_block.1.norm.weight")]
    [InlineData("mid_block.resnets.1.norm2.weight", "middle_block.2.out_layers.0.weight")]
    [InlineData("controlnet_cond_embedding.blocks.5.weight", "input_hint_block.12.weight")]
    [InlineData("controlnet_cond_embedding.conv_out.bias", "input_hint_block.14.bias")]
    [InlineData("controlnet_down_blocks.11.weight", "zero_convs.11.0.weight")]
    [InlineData("controlnet_mid_block.bias", "middle_block_out.0.bias")]
    public void Names_of_Stable_Diffusion_1_are_those_of_its_files(string diffusers, string original) =>
        Assert.Equal(original, OriginalControlNet.Original(diffusers, new(), hints: 6));

    [Theory]
    [InlineData(768, 4)]
    [InlineData(1024, 4)]
    [InlineData(2048, 3)]
    public void The_family_is_told_by_the_text(int features, int levels)
    {
        using var weights = new MemoryWeights([KeyValuePair.Create("control_model.input_blocks.4.1.transformer_blocks.0.attn2.to_k.weight", TensorData.Zeros(DType.Float32, 8, features))]);
        var config = OriginalControlNet.ConfigOf(weights);
        Assert.Equal((features, levels), (config.UNet.CrossAttentionSize, config.UNet.BlockOutChannels.Count));
        Assert.NotEmpty(DiffusionGraphs.ControlNet(config).Parameters);
    }

    [Fact]
    public async Task Files_that_are_no_ControlNet_are_refused()
    {
        using var folder = new TemporaryFolder();
        SafetensorsWriter.Write(folder.File("x.safetensors"), new Dictionary<string, TensorData> { ["a"] = TensorData.Scalar(1f) });
        await Assert.ThrowsAsync<InvalidFileException>(() => ControlNetModel.LoadAsync(folder.File("x.safetensors")));
        await Assert.ThrowsAsync<InvalidFileException>(() => ControlNetModel.LoadAsync(folder.File("nowhere.safetensors")));
    }
}
