using System.Net;
using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Text;
using MultiModal.Runtime.Downloads;
using MultiModal.Testing;

namespace MultiModal.Diffusion.Tests.Checkpoints;

public sealed class TokenizerSearchTests
{
    static string Tokenizer => Fixtures.PathOf("diffusion/models/tiny-sd15/tokenizer");

    [Fact]
    public async Task A_vocabulary_follows_from_its_merges()
    {
        var whole = await ClipTokenizer.LoadAsync(Tokenizer);
        var derived = await ClipTokenizer.LoadAsync(Path.Combine(Tokenizer, "merges.txt"));
        Assert.Equal((whole.BosId, whole.EosId, whole.PadId, whole.VocabularySize), (derived.BosId, derived.EosId, derived.PadId, derived.VocabularySize));
        foreach (var prompt in (string[])["a small red apple on the tree!", "it's 2026, naïve ゆき", ""]) Assert.Equal(whole.Encode(prompt), derived.Encode(prompt));
    }

    [Fact]
    public async Task What_fills_a_prompt_up_depends_on_the_encoder_not_on_the_folder()
    {
        using var folder = new TemporaryFolder();
        var clip = await TokenizerSearch.FindAsync(folder.File("x.safetensors"), openClip: false, second: false, new() { Configuration = Tokenizer }, default);
        var open = await TokenizerSearch.FindAsync(folder.File("x.safetensors"), openClip: true, second: true, new() { Configuration = Tokenizer }, default);
        Assert.Equal(clip.EosId, clip.Encode("a")[^1]);
        Assert.True(open.TryGetId("!", out var exclamation));
        Assert.Equal(exclamation, open.Encode("a")[^1]);
        Assert.Equal(clip.Tokenize("a red apple!"), open.Tokenize("a red apple!"));
    }

    [Fact]
    public async Task The_download_comes_from_the_endpoint_named_and_another_file_is_refused()
    {
        using var folder = new TemporaryFolder();
        using var server = new Server();
        using var http = new HttpClient(server);
        using var downloads = new FileDownloader(new() { Endpoint = new("https://mirror.test/hub") }, http);
        var options = new MultiModal.Diffusion.Generation.DiffusionModelOptions { Downloads = downloads, DownloadFolder = folder.Path };
        await Assert.ThrowsAsync<DownloadException>(() => TokenizerSearch.FindAsync(folder.File("x.safetensors"), false, false, options, default));
        Assert.Equal("https://mirror.test/hub/openai/clip-vit-large-patch14/resolve/main/merges.txt", server.Asked);

        // What lies beside the file is taken before anything is downloaded.
        server.Asked = null;
        folder.Write("merges.txt", await File.ReadAllBytesAsync(Path.Combine(Tokenizer, "merges.txt")));
        Assert.Equal(606, (await TokenizerSearch.FindAsync(folder.File("x.safetensors"), false, false, options, default)).EosId);
        Assert.Null(server.Asked);
    }

    sealed class Server : HttpMessageHandler
    {
        public string? Asked { get; set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked = request.RequestUri!.AbsoluteUri;
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("#version: 0.2\na b\n") });
        }
    }
}
