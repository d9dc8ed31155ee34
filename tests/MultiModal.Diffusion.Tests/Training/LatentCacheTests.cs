using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Training.Latents;
using MultiModal.Testing;

namespace MultiModal.Diffusion.Tests.Training;

public sealed class LatentCacheTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Latents_are_kept_by_content_and_made_anew_where_picture_or_file_changed()
    {
        var model = await ModelFiles.OpenAsync(Fixtures.PathOf("diffusion/models/tiny-sd15"), new(), default);
        var cache = await LatentCache.OpenAsync(folder.File("cache"), model, default);
        var fresh = await EncodeAsync();
        var files = Files();
        Assert.Equal(6, files.Length);
        var kept = await EncodeAsync();
        for (var i = 0; i < 3; i++)
            foreach (var mirrored in (bool[])[false, true])
                Assert.Equal(fresh[i, mirrored].Mean.Concat(fresh[i, mirrored].Deviation), kept[i, mirrored].Mean.Concat(kept[i, mirrored].Deviation));

        // A damaged file is no error: what it held can be made again.
        await File.WriteAllBytesAsync(files[0], [1, 2, 3]);
        var mended = await EncodeAsync();
        Assert.Equal(fresh[0, false].Mean, mended[0, false].Mean);
        Assert.Equal(files, Files());

        TrainingPictures.Write(folder, "data/red.png", TrainingPictures.Flat(1, 2, 3), "a red square");
        var changed = await LatentStore.EncodeAsync(model, await Diffusion.Training.Data.ImageDataset.OpenAsync(folder.File("data"), new() { Resolution = 32, Buckets = false }), true, cache, null, default);
        Assert.Equal(8, Files().Length);
        Assert.NotEqual(fresh[2, false].Mean, changed[2, false].Mean);

        async Task<LatentStore> EncodeAsync() => await LatentStore.EncodeAsync(model, await TrainingPictures.ColoursAsync(folder), true, cache, null, default);
        string[] Files() => [.. Directory.GetFiles(folder.File("cache")).Order(StringComparer.Ordinal)];
    }

    [Fact]
    public async Task A_latent_is_the_scaled_distribution_of_the_encoder()
    {
        var model = await ModelFiles.OpenAsync(Fixtures.PathOf("diffusion/models/tiny-sd15"), new(), default);
        var dataset = await TrainingPictures.ColoursAsync(folder);
        var latent = (await LatentStore.EncodeAsync(model, dataset, false, null, null, default))[0, false];
        model.Vae = model.Vae with { ScalingFactor = model.Vae.ScalingFactor * 2, ShiftFactor = 0.5f };
        var other = (await LatentStore.EncodeAsync(model, dataset, false, null, null, default))[0, false];
        Assert.Equal((4, 16, 16), (latent.Channels, latent.Height, latent.Width));
        for (var i = 0; i < latent.Length; i++)
        {
            Assert.Equal(latent.Deviation[i] * 2, other.Deviation[i], 1e-6f);
            Assert.Equal((latent.Mean[i] * 2) - model.Vae.ScalingFactor * 0.5f, other.Mean[i], 1e-5f);
        }
    }
}
