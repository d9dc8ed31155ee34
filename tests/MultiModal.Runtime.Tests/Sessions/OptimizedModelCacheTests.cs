using MultiModal.Runtime.Graphs.Onnx;
using MultiModal.Runtime.Sessions;
using MultiModal.Testing;

namespace MultiModal.Runtime.Tests.Sessions;

[Collection(SessionCollection.Name)]
public sealed class OptimizedModelCacheTests : NoLeakedHandles
{
    const int Rows = 160;

    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("multimodal-cache-");

    [Theory]
    [InlineData(WeightPlacement.Shared)]
    [InlineData(WeightPlacement.Constant)]
    public async Task The_second_load_uses_the_first_ones_work_and_gives_the_same(WeightPlacement placement)
    {
        var first = await RunOnce(placement);
        var file = Assert.Single(folder.GetFiles());
        var written = file.LastWriteTimeUtc;
        Assert.Equal(first, await RunOnce(placement));
        file.Refresh();
        Assert.Equal(written, file.LastWriteTimeUtc);
    }

    [Fact]
    public async Task Lent_weights_are_no_part_of_the_cache()
    {
        await RunOnce(WeightPlacement.Shared);
        Assert.InRange(Assert.Single(folder.GetFiles()).Length, 1, Rows * Rows);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(60)]
    [InlineData(-1)]
    public async Task A_damaged_file_is_made_anew(int damage)
    {
        var expected = await RunOnce(WeightPlacement.Shared);
        var file = Assert.Single(folder.GetFiles());
        var bytes = File.ReadAllBytes(file.FullName);
        if (damage < 0)
            Array.Resize(ref bytes, bytes.Length / 2);
        else
            bytes[damage] ^= 0x55;
        File.WriteAllBytes(file.FullName, bytes);
        Assert.Equal(expected, await RunOnce(WeightPlacement.Shared));
        Assert.NotEqual(bytes, File.ReadAllBytes(Assert.Single(folder.GetFiles()).FullName));
    }

    [Fact]
    public async Task Sessions_made_at_once_leave_one_file()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => RunOnce(WeightPlacement.Shared)));
        Assert.All(results, result => Assert.Equal(results[0], result));
        Assert.Single(folder.GetFiles());
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_no_error()
    {
        var file = Path.Combine(folder.FullName, "a file");
        File.WriteAllText(file, "in the way");
        Assert.NotEmpty(await RunOnce(WeightPlacement.Shared, Path.Combine(file, "cache")));
    }

    [Fact]
    public void The_key_follows_from_all_that_matters()
    {
        byte[] model = [1, 2, 3];
        var key = OptimizedModelCache.Key(model, "1.29.0", Device.Cpu, GraphOptimization.All);
        Assert.Equal(key, OptimizedModelCache.Key(model, "1.29.0", Device.Cpu, GraphOptimization.All));
        Assert.NotEqual(key, OptimizedModelCache.Key([1, 2, 4], "1.29.0", Device.Cpu, GraphOptimization.All));
        Assert.NotEqual(key, OptimizedModelCache.Key(model, "1.30.0", Device.Cpu, GraphOptimization.All));
        Assert.NotEqual(key, OptimizedModelCache.Key(model, "1.29.0", Device.Cuda, GraphOptimization.All));
        Assert.NotEqual(key, OptimizedModelCache.Key(model, "1.29.0", Device.Cpu, GraphOptimization.Basic));
    }

    protected override void Dispose(bool disposing)
    {
        folder.Delete(recursive: true);
        base.Dispose(disposing);
    }

    async Task<float[]> RunOnce(WeightPlacement placement, string? cache = null)
    {
        var weight = new OnnxWeight("w", TensorData.Of(TestModels.Ramp(Rows * Rows), Rows, Rows));
        using var session = await NetworkSession.CreateAsync(
            TestModels.Product(weight), new() { Weights = placement, CacheDirectory = cache ?? folder.FullName });
        return session.Run(new Dictionary<string, TensorData> { ["x"] = TensorData.Of(TestModels.Ramp(Rows), 1, Rows) })["y"].Floats.ToArray();
    }
}
