using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Generation;
using MultiModal.Runtime;
using MultiModal.Diffusion.Text.Prompts;
using MultiModal.Testing;

namespace MultiModal.Diffusion.Tests.Generation;

public sealed class PromptCacheTests
{
    static TextStates States(int floats) => new(TensorData.Zeros(DType.Float32, floats), TensorData.Zeros(DType.Float32, 0), TensorData.Zeros(DType.Float32, 0), TensorData.Zeros(DType.Float32, 0), TensorData.Zeros(DType.Float32, 0));

    [Fact]
    public void What_was_used_longest_ago_goes_first()
    {
        var cache = new PromptCache(1200);
        foreach (var key in (string[])["a", "b", "c"]) cache.Add(key, States(100));
        Assert.NotNull(cache.Find("a"));
        cache.Add("d", States(100));
        Assert.Null(cache.Find("b"));
        Assert.All((string[])["a", "c", "d"], key => Assert.NotNull(cache.Find(key)));
        cache.Add("too large", States(1000));
        Assert.Null(cache.Find("too large"));
        Assert.NotNull(cache.Find("d"));
    }

    [Fact]
    public async Task A_prompt_is_encoded_once_and_words_weighted_in_it_do_not_change_what_is_kept()
    {
        var files = await DiffusersFolder.OpenAsync(Fixtures.PathOf("diffusion/models/tiny-sd15"), null, default);
        await using var networks = await DiffusionNetworks.LoadAsync(files, new() { Memory = MemoryMode.Balanced }, null, default);
        using var text = new TextEncoding(networks, null, [.. files.TextEncoders.Select(e => new PromptVocabulary(e.Tokenizer))]);
        int[] ids = [605, 1, 2, 606, .. Enumerable.Repeat(606, 73)];
        var first = await text.EncodeAsync(0, ids, 1, default);
        Assert.Same(first, await text.EncodeAsync(0, ids, 1, default));
        Assert.NotSame(first, await text.EncodeAsync(0, ids, 2, default));

        // Another request finds it, and loads no encoder for it.
        text.Dispose();
        Assert.Equal(0, networks.LoadedBesideUNet);
        using var later = new TextEncoding(networks, null, [.. files.TextEncoders.Select(e => new PromptVocabulary(e.Tokenizer))]);
        Assert.Same(first, await later.EncodeAsync(0, ids, 1, default));
        Assert.Equal(0, networks.LoadedBesideUNet);

        await using var model = await DiffusionModel.LoadAsync(Fixtures.PathOf("diffusion/models/tiny-sd15"));
        var plain = new ImageRequest("a red apple") { Seed = 7, Steps = 2, Width = 32, Height = 32 };
        var drawn = (await model.GenerateAsync(plain))[0].Image.Pixels.ToArray();
        var heavy = (await model.GenerateAsync(plain with { Prompt = "a (red:1.5) apple" }))[0].Image.Pixels.ToArray();
        Assert.NotEqual(drawn, heavy);
        Assert.Equal(drawn, (await model.GenerateAsync(plain))[0].Image.Pixels.ToArray());
    }
}
