using MultiModal.Diffusion.Generation;
using MultiModal.Diffusion.Networks;
using MultiModal.Diffusion.Steering;
using MultiModal.Images;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Passes;
using MultiModal.Testing;

namespace MultiModal.Diffusion.Tests.Generation;

public sealed class FeatureCachingTests
{
    static readonly ImageRequest Small = new("a small red apple on the tree") { Seed = 7, Steps = 6, Width = 32, Height = 32, Scheduler = "DDIMScheduler" };

    static string Model(string name) => Fixtures.PathOf($"diffusion/models/{name}");

    [Theory]
    [InlineData("tiny-sd15", MemoryMode.Full)]
    [InlineData("tiny-sdxl", MemoryMode.Full)]
    [InlineData("tiny-sd15", MemoryMode.Low)]
    public async Task Features_used_again_change_details_and_an_interval_beyond_the_steps_only_runs_whole_once(string name, MemoryMode mode)
    {
        await using var model = await DiffusionModel.LoadAsync(Model(name), new() { Memory = mode });
        var off = await DrawAsync(model, Small);
        var every2 = await DrawAsync(model, Small with { FeatureCaching = 2 });
        var once = await DrawAsync(model, Small with { FeatureCaching = 50 });
        Assert.NotEqual(off, every2);
        Assert.NotEqual(every2, once);

        // The less often features are new, the farther; and a single step, which always runs whole, is drawn as without.
        Assert.True(Distance(off, every2) < Distance(off, once), $"{Distance(off, every2):F2}, {Distance(off, once):F2}");
        var single = Small with { Steps = 1 };
        var (plain, cached) = (await DrawAsync(model, single), await DrawAsync(model, single with { FeatureCaching = 3 }));
        for (var i = 0; i < plain.Length; i++) Assert.InRange(cached[i], plain[i] - 1, plain[i] + 1);
    }

    [Fact]
    public async Task It_goes_with_tiles_batches_and_schedules_and_not_with_ControlNets()
    {
        await using var model = await DiffusionModel.LoadAsync(Model("tiny-sd15"), new() { BatchGuidance = true });
        var request = Small with { Prompt = "a [small:large:0.5] apple", FeatureCaching = 2, Width = 48, Height = 40, Tiles = new() { Size = 32 }, GuidanceTo = 0.5f };
        var two = await model.GenerateAsync(request with { Count = 2 });
        var second = await DrawAsync(model, request with { Seed = 8 });
        for (var i = 0; i < second.Length; i++) Assert.InRange(two[1].Image.Pixels[i], second[i] - 1, second[i] + 1);
        await using var control = await ControlNetModel.LoadAsync(Model("tiny-sd15-controlnet"));
        await Assert.ThrowsAsync<ArgumentException>(() => model.GenerateAsync(Small with { FeatureCaching = 2, Controls = [new(control, new ImageBuffer(32, 32))] }));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => model.GenerateAsync(Small with { FeatureCaching = 0 }));
    }

    [Fact]
    public void At_full_size_the_surface_costs_a_fraction_of_the_whole()
    {
        var config = new UNetConfig { CrossAttentionSize = 768 };
        var symbols = new Dictionary<string, long> { ["batch"] = 1, ["tokens"] = 77, ["height/8"] = 8, ["width/8"] = 8 };
        var whole = GraphCost.Of(DiffusionGraphs.UNet(config).Optimise(GraphPasses.None), symbols).MultiplyAdds;
        var surface = GraphCost.Of(DiffusionGraphs.UNetSurface(config).Optimise(GraphPasses.None), symbols).MultiplyAdds;
        Assert.InRange(surface / (double)whole, 0.1, 0.35);
    }

    static double Distance(byte[] a, byte[] b) => a.Zip(b).Average(p => Math.Abs(p.First - p.Second));

    static async Task<byte[]> DrawAsync(DiffusionModel model, ImageRequest request) => (await model.GenerateAsync(request))[0].Image.Pixels.ToArray();
}
