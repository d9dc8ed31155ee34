using MultiModal.Diffusion.Adapters;
using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Generation;
using MultiModal.Diffusion.Text.Prompts;
using MultiModal.Runtime;
using MultiModal.Runtime.Weights;
using MultiModal.Testing;

namespace MultiModal.Diffusion.Tests.Adapters;

/// <summary>Words taught to text encoders: against diffusers, in every form of file, and where prompts name them.</summary>
public sealed class TextualInversionTests : IDisposable
{
    static readonly ImageRequest Small = new("a small red apple on the tree") { Seed = 7, Steps = 2, Width = 32, Height = 32, Scheduler = "DDIMScheduler" };
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    [Trait("Category", "Parity")]
    public Task Prompts_with_taught_words_equal_the_reference() => Fixtures.CheckAsync("textual-inversion", async fixture =>
    {
        var options = new DiffusionModelOptions();
        var files = await ModelFiles.OpenAsync(fixture.PathIn("model"), options, default);
        await using var networks = await DiffusionNetworks.LoadAsync(files, options, null, default);
        foreach (var file in fixture["files"].EnumerateArray())
        {
            var inversion = await TextualInversion.LoadAsync(fixture.PathOf(file.GetString()!), fixture.Text("token"));
            foreach (var syntax in (bool[])[false, true])
                fixture.Expect("text", await EncodeAsync(files, networks, new(fixture.Text("prompt")) { PromptSyntax = syntax, Embeddings = [inversion] }));
        }
    });

    static async Task<TensorData> EncodeAsync(ModelFiles files, DiffusionNetworks networks, ImageRequest request)
    {
        var words = new PromptVocabularies(files, new()).For(request).Vocabularies;
        using var text = new TextEncoding(networks, null, words);
        return (await new PromptEncoder(files).PlanAsync(request, guided: false, 2, 0, text, default)).Positives[0].At(0).Context;
    }

    string Write(string name, params (string Name, float[] Values, int Count)[] tensors)
    {
        var path = folder.File(name);
        SafetensorsWriter.Write(path, tensors.Select(t => KeyValuePair.Create(t.Name, TensorData.Of(t.Values, t.Count, t.Values.Length / t.Count))));
        return path;
    }

    static float[] Numbers(int count, int seed) => [.. Enumerable.Range(0, count).Select(i => MathF.Sin((i * 1.7f) + seed))];

    [Fact]
    public async Task Every_form_of_file_is_read()
    {
        var values = Numbers(64, 1);
        var named = Write("named.safetensors", ("<cat-toy>", values, 2));
        var kohya = Write("kohya.safetensors", ("emb_params", values, 2));
        var old = folder.File("old.pt");
        TorchWriter.Write(old, new Dictionary<string, object>
        {
            ["string_to_token"] = new Dictionary<string, object> { ["*"] = 265L }, ["string_to_param"] = new Dictionary<string, object> { ["*"] = TensorData.Of(values, 2, 32) },
            ["name"] = "another", ["step"] = 500L,
        });
        var bin = folder.File("learned_embeds.bin");
        TorchWriter.Write(bin, new Dictionary<string, object> { ["<dog>"] = TensorData.Of(values[..32], 32) });
        var xl = Write("xl.safetensors", ("clip_l", Numbers(64, 2), 2), ("clip_g", Numbers(96, 3), 2));
        foreach (var (path, token, count, component, features, first) in ((string, string, int, string, int, float)[])
                 [
                     (named, "<cat-toy>", 2, "text_encoder", 32, values[0]), (kohya, "kohya", 2, "text_encoder", 32, values[0]), (old, "old", 2, "text_encoder", 32, values[0]),
                     (bin, "<dog>", 1, "text_encoder", 32, values[0]), (xl, "xl", 2, "text_encoder", 32, Numbers(1, 2)[0]), (xl, "xl", 2, "text_encoder_2", 48, Numbers(1, 3)[0]),
                 ])
        {
            var inversion = await TextualInversion.LoadAsync(path);
            Assert.Equal((token, count), (inversion.Token, inversion.VectorCount));
            Assert.Equal(first, inversion.VectorsFor(component, features)![0].Span[0]);
            Assert.Null(inversion.VectorsFor(component, 1024));
        }

        Assert.Equal("mine", (await TextualInversion.LoadAsync(kohya, "mine")).Token);
        Assert.Equal(12, (await (await TextualInversion.LoadAsync(kohya)).HashAsync()).Length);
    }

    [Fact]
    public async Task Other_files_are_refused()
    {
        await Assert.ThrowsAsync<InvalidFileException>(() => TextualInversion.LoadAsync(folder.File("none.pt")));
        await Assert.ThrowsAsync<InvalidFileException>(() => TextualInversion.LoadAsync(Write("two.safetensors", ("a", Numbers(4, 1), 1), ("b", Numbers(4, 1), 1))));
        await Assert.ThrowsAsync<InvalidFileException>(() => TextualInversion.LoadAsync(Write("many.safetensors", ("emb_params", Numbers(76 * 4, 1), 76))));
    }

    [Fact]
    public async Task Names_are_found_as_tokens_the_longest_first_and_keep_together()
    {
        var tokenizer = (await DiffusersFolder.OpenAsync(MadeLora.Model(), null, default)).TextEncoders[0].Tokenizer;
        var style = await TextualInversion.LoadAsync(Write("red.safetensors", ("emb_params", Numbers(32, 1), 1)));
        var longer = await TextualInversion.LoadAsync(Write("red apple.safetensors", ("emb_params", Numbers(96, 2), 3)));
        var signs = await TextualInversion.LoadAsync(Write("signs.safetensors", ("<my-style>", Numbers(64, 3), 2)));
        var words = new PromptVocabulary(tokenizer, "text_encoder", 32, [style, longer, signs]);
        Assert.Equal([1], Lengths("red"));
        Assert.Equal([3], Lengths("Red  APPLE"));
        Assert.Equal([1, 3], Lengths("red red apple"));
        Assert.Equal([2, 2], Lengths("<my-style>,<MY-STYLE>."));
        Assert.Empty(Lengths("robot"));

        // To an encoder it was not taught to, it is a word.
        Assert.False(new PromptVocabulary(tokenizer, "text_encoder", 48, [style, longer, signs]).HasVectors);

        // 74 words leave one place: three vectors go to the next chunk together.
        var chunks = PromptChunks.Of(words, [new(string.Join(' ', Enumerable.Repeat("robot", 74 / tokenizer.Tokenize("robot").Length)) + " red apple red apple", 1.5)]).Chunks;
        Assert.All(chunks, c => Assert.Equal(0, c.Vectors.Count % 3));
        Assert.Equal(6, chunks.Sum(c => c.Vectors.Count));
        Assert.All(chunks.SelectMany(c => c.Vectors.Select(v => c.Weights[v.At])), w => Assert.Equal(1.5f, w));

        List<int> Lengths(string text) => [.. words.Tokenize(text).Where(t => t.Vectors is not null).Select(t => t.Vectors!.Length)];
    }

    [Theory]
    [InlineData("tiny-sd15")]
    [InlineData("tiny-sdxl")]
    public async Task Prompts_name_them_from_a_folder_or_the_request(string name)
    {
        var path = name == "tiny-sdxl" ? Write("mystyle.safetensors", ("clip_l", Numbers(64, 2), 2), ("clip_g", Numbers(96, 3), 2)) : Write("mystyle.safetensors", ("emb_params", Numbers(64, 1), 2));
        var inversion = await TextualInversion.LoadAsync(path);
        await using var plain = await DiffusionModel.LoadAsync(MadeLora.Model(name));
        await using var model = await DiffusionModel.LoadAsync(MadeLora.Model(name), new() { Embeddings = new(folder.Path) });
        var request = Small with { Prompt = "a red apple, mystyle", NegativePrompt = "mystyle" };
        var unknown = await DrawAsync(plain, request);
        var taught = await DrawAsync(model, request);
        Assert.NotEqual(unknown, taught);
        Assert.Equal(taught, await DrawAsync(plain, request with { Embeddings = [inversion] }));
        Assert.NotEqual(taught, await DrawAsync(model, request with { NegativePrompt = "" }));
        Assert.NotEqual(taught, await DrawAsync(model, request with { Prompt = "a red apple, (mystyle:1.5)" }));
        Assert.Equal(await DrawAsync(plain, Small), await DrawAsync(model, Small));
        Assert.NotEqual(plain.CountTokens("mystyle").Tokens, model.CountTokens("mystyle").Tokens);
        Assert.Contains("TI hashes: \"mystyle: ", (await model.GenerateAsync(request))[0].Image.Text["parameters"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_for_another_family_is_words_and_that_is_told()
    {
        var inversion = await TextualInversion.LoadAsync(Write("wide.safetensors", ("emb_params", Numbers(1024, 1), 1)));
        await using var model = await DiffusionModel.LoadAsync(MadeLora.Model());
        var request = Small with { Prompt = "a wide apple" };
        var image = (await model.GenerateAsync(request with { Embeddings = [inversion] }))[0];
        Assert.Equal(await DrawAsync(model, request), image.Image.Pixels.ToArray());
        Assert.Contains("1024", Assert.Single(image.Notes), StringComparison.Ordinal);
    }

    static async Task<byte[]> DrawAsync(DiffusionModel model, ImageRequest request) => [.. (await model.GenerateAsync(request))[0].Image.Pixels];
}
