using MultiModal.Diffusion.Adapters;
using MultiModal.Diffusion.Generation;
using MultiModal.Runtime.Sessions;
using MultiModal.Runtime.Weights;
using MultiModal.Testing;

namespace MultiModal.Diffusion.Tests.Adapters;

/// <summary>Adapters in requests, on tiny models with random weights.</summary>
public sealed class LoraRequestTests : IDisposable
{
    static readonly ImageRequest Small = new("a small red apple on the tree") { Seed = 7, Steps = 2, Width = 32, Height = 32, Scheduler = "DDIMScheduler" };
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    static async Task<byte[]> DrawAsync(DiffusionModel model, ImageRequest request) => [.. (await model.GenerateAsync(request))[0].Image.Pixels];

    /// <summary>Weights as constants, as small networks have them, and lent, as large ones do.</summary>
    public static TheoryData<string, WeightPlacement> Models => new()
    {
        { "tiny-sd15", WeightPlacement.Auto }, { "tiny-sd15", WeightPlacement.Shared }, { "tiny-sd21v", WeightPlacement.Shared }, { "tiny-sdxl", WeightPlacement.Auto },
        { "tiny-sdxl", WeightPlacement.Shared },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public async Task An_adapter_belongs_to_its_request_and_leaves_no_trace(string name, WeightPlacement placement)
    {
        using var lora = await LoraWeights.LoadAsync(await MadeLora.WriteAsync(folder, "ink", 1, name));
        await using var model = await DiffusionModel.LoadAsync(MadeLora.Model(name), new() { Runtime = { Weights = placement } });
        var plain = await DrawAsync(model, Small);
        var adapted = await DrawAsync(model, Small with { Loras = [new(lora)] });
        Assert.NotEqual(plain, adapted);
        Assert.Equal(plain, await DrawAsync(model, Small));
        Assert.Equal(adapted, await DrawAsync(model, Small with { Loras = [new(lora)] }));
        Assert.Equal(plain, await DrawAsync(model, Small with { Loras = [new(lora, 0)] }));
        var parts = new[]
        {
            plain, adapted,
            await DrawAsync(model, Small with { Loras = [new(lora, -1)] }),
            await DrawAsync(model, Small with { Loras = [new(lora, 0.5f)] }),
            await DrawAsync(model, Small with { Loras = [new(lora) { TextScale = 0 }] }),
            await DrawAsync(model, Small with { Loras = [new(lora, 0) { TextScale = 1 }] }),
            await DrawAsync(model, Small with { Loras = [new(lora) { MaximumRank = 1 }] }),
        };
        Assert.Equal(parts.Length, parts.Select(Convert.ToHexString).Distinct().Count());
    }

    [Fact]
    public async Task Several_adapters_add_up_and_cancel_out()
    {
        using var ink = await LoraWeights.LoadAsync(await MadeLora.WriteAsync(folder, "ink", 1, where: t => !t.IsText && MadeLora.IsAttention(t)));
        using var gold = await LoraWeights.LoadAsync(await MadeLora.WriteAsync(folder, "gold", 2));
        await using var model = await DiffusionModel.LoadAsync(MadeLora.Model());
        var both = await DrawAsync(model, Small with { Loras = [new(ink, 0.5f), new(gold, 0.5f)] });
        Assert.NotEqual(await DrawAsync(model, Small with { Loras = [new(ink, 0.5f)] }), both);
        Assert.NotEqual(await DrawAsync(model, Small with { Loras = [new(gold, 0.5f)] }), both);

        // Adding and taking away the same rounds to within a step of a pixel.
        var plain = await DrawAsync(model, Small);
        var none = await DrawAsync(model, Small with { Loras = [new(ink, 0.5f), new(ink, -0.5f)] });
        Assert.All(plain.Zip(none), p => Assert.InRange(Math.Abs(p.First - p.Second), 0, 1));
    }

    [Fact]
    public async Task Concurrent_requests_each_have_their_own_adapters()
    {
        using var ink = await LoraWeights.LoadAsync(await MadeLora.WriteAsync(folder, "ink", 1));
        using var gold = await LoraWeights.LoadAsync(await MadeLora.WriteAsync(folder, "gold", 2));
        await using var model = await DiffusionModel.LoadAsync(MadeLora.Model(), new() { Runtime = { Weights = WeightPlacement.Shared } });
        ImageRequest[] requests =
        [
            Small, Small with { Loras = [new(ink)] }, Small with { Loras = [new(gold)] }, Small with { Loras = [new(ink, 0.5f), new(gold)] }, Small with { Width = 40, Loras = [new(ink)] },
        ];
        var alone = new List<byte[]>();
        foreach (var request in requests) alone.Add(await DrawAsync(model, request));
        var together = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => DrawAsync(model, requests[i % requests.Length])));
        for (var i = 0; i < together.Length; i++) Assert.Equal(alone[i % requests.Length], together[i]);
    }

    [Fact]
    public async Task Prompts_call_adapters_of_a_folder_by_name()
    {
        var path = await MadeLora.WriteAsync(folder, "ink", 1);
        using var lora = await LoraWeights.LoadAsync(path);
        using var library = new LoraLibrary(folder.Path);
        await using var model = await DiffusionModel.LoadAsync(MadeLora.Model(), new() { Loras = library });
        foreach (var (call, use) in ((string, LoraUse)[])
                 [
                     ("<lora:ink>", new(lora)), ("<lora:INK:0.5>", new(lora, 0.5f)), ("<lora:ink:0.5:0.25>", new(lora, 0.25f) { TextScale = 0.5f }),
                     ("<lora:ink:te=0.5:unet=1>", new(lora) { TextScale = 0.5f }), ("<lora:ink:1:1:1>", new(lora) { MaximumRank = 1 }),
                     ("<lora:ink:0.5:in=0.25:out=0>", new(lora) { TextScale = 0.5f, Blocks = LoraBlocks.Of(0.25f, 0.5f, 0) }),
                 ])
            Assert.Equal(await DrawAsync(model, Small with { Loras = [use] }), await DrawAsync(model, Small with { Prompt = Small.Prompt + call }));
        var missing = await Assert.ThrowsAsync<ArgumentException>(() => model.GenerateAsync(Small with { Prompt = "a <lora:in:1>" }));
        Assert.Contains("ink", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Blocks_have_factors_of_their_own()
    {
        using var all = await LoraWeights.LoadAsync(await MadeLora.WriteAsync(folder, "all", 1, where: t => !t.IsText && MadeLora.IsAttention(t)));
        await using var model = await DiffusionModel.LoadAsync(MadeLora.Model());
        var whole = await DrawAsync(model, Small with { Loras = [new(all)] });
        var none = await DrawAsync(model, Small);
        Assert.Equal(whole, await DrawAsync(model, Small with { Loras = [new(all) { Blocks = LoraBlocks.Of() }] }));
        Assert.Equal(none, await DrawAsync(model, Small with { Loras = [new(all) { Blocks = LoraBlocks.Of(0, 0, 0) }] }));
        var seen = new HashSet<string> { Convert.ToHexString(whole), Convert.ToHexString(none) };
        foreach (var blocks in (LoraBlocks[])[LoraBlocks.Of(down: 0), LoraBlocks.Of(middle: 0), LoraBlocks.Of(up: 0), new(new Dictionary<string, float> { ["up_blocks.1.attentions.0"] = 0 })])
            Assert.True(seen.Add(Convert.ToHexString(await DrawAsync(model, Small with { Loras = [new(all) { Blocks = blocks }] }))));

        // One layer a level and two levels: IN01 is down_blocks.0.attentions.0.
        Assert.Equal(
            await DrawAsync(model, Small with { Loras = [new(all) { Blocks = new(new Dictionary<string, float> { ["IN01"] = 0 }) }] }),
            await DrawAsync(model, Small with { Loras = [new(all) { Blocks = new(new Dictionary<string, float> { ["down_blocks.0.attentions.0"] = 0 }) }] }));
    }

    [Fact]
    public async Task What_has_no_place_in_the_model_is_told()
    {
        var made = new MadeLora(3).LowRank("lora_unet_mid_block_attentions_0_proj_in", [32, 32], 2, 0.3f)
            .LowRank("lora_unet_down_blocks_7_attentions_0_proj_in", [32, 32], 2, 0.3f).Put("something.else", 1, 2);
        using var some = await LoraWeights.LoadAsync(made.Write(folder, "some"));
        using var other = await LoraWeights.LoadAsync(new MadeLora(4).LowRank("lora_unet_down_blocks_7_attentions_0_proj_in", [32, 32], 2, 0.3f).Write(folder, "other"));
        await using var model = await DiffusionModel.LoadAsync(MadeLora.Model());
        var match = model.Match(some);
        Assert.Equal((1, 4), (match.LayerCount, match.UnmatchedKeys.Count));
        var note = Assert.Single((await model.GenerateAsync(Small with { Loras = [new(some)] }))[0].Notes);
        Assert.Contains("'some'", note, StringComparison.Ordinal);
        Assert.Contains("down_blocks_7", note, StringComparison.Ordinal);
        var strict = await Assert.ThrowsAsync<WeightMismatchException>(() => model.GenerateAsync(Small with { Loras = [new(some) { Strict = true }] }));
        Assert.Equal(4, strict.Surplus.Count);
        await Assert.ThrowsAsync<WeightMismatchException>(() => model.GenerateAsync(Small with { Loras = [new(other)] }));
    }

    [Fact]
    public async Task Adapters_for_another_family_are_refused_with_the_layer_named()
    {
        using var lora = await LoraWeights.LoadAsync(new MadeLora(3).LowRank("lora_unet_mid_block_attentions_0_proj_in", [64, 64], 2, 0.3f).Write(folder, "wide"));
        await using var model = await DiffusionModel.LoadAsync(MadeLora.Model());
        var error = await Assert.ThrowsAsync<InvalidFileException>(() => model.GenerateAsync(Small with { Loras = [new(lora)] }));
        Assert.Contains("lora_unet_mid_block_attentions_0_proj_in", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Disposed_adapters_are_refused()
    {
        var lora = await LoraWeights.LoadAsync(await MadeLora.WriteAsync(folder, "ink", 1));
        await using var model = await DiffusionModel.LoadAsync(MadeLora.Model());
        await model.GenerateAsync(Small with { Loras = [new(lora)] });
        lora.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => model.GenerateAsync(Small with { Loras = [new(lora)] }));
    }

    [Theory]
    [InlineData(WeightPlacement.Auto)]
    [InlineData(WeightPlacement.Shared)]
    public async Task Merged_networks_are_freed(WeightPlacement placement)
    {
        using var ink = await LoraWeights.LoadAsync(await MadeLora.WriteAsync(folder, "ink", 1, where: t => t.Weight is { Count: 2 or 4 }));
        var before = LiveHandles.Total;
        await using (var model = await DiffusionModel.LoadAsync(MadeLora.Model(), new() { Runtime = { Weights = placement } }))
        {
            // Every form of the UNet, one after the other: each shares the weights of the one before.
            await DrawAsync(model, Small with { Loras = [new(ink)] });
            await DrawAsync(model, Small with { Width = 40, Loras = [new(ink)] });
            await DrawAsync(model, Small with { Width = 40, FeatureCaching = 2 });
            var cached = await DrawAsync(model, Small with { Steps = 4, FeatureCaching = 2, Loras = [new(ink)] });
            Assert.Equal(cached, await DrawAsync(model, Small with { Steps = 4, FeatureCaching = 2, Loras = [new(ink)] }));
            await DrawAsync(model, Small with { Loras = [new(ink, 0.3f)] });
            var one = LiveHandles.Total;
            for (var i = 2; i < 6; i++) await DrawAsync(model, Small with { Loras = [new(ink, 1f / i)] });
            Assert.Equal(one, LiveHandles.Total);
        }

        Assert.Equal(before, LiveHandles.Total);
    }
}
