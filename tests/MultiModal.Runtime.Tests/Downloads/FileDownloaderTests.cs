using System.Net;
using System.Security.Cryptography;
using MultiModal.Runtime.Downloads;
using MultiModal.Testing;

namespace MultiModal.Runtime.Tests.Downloads;

public sealed class FileDownloaderTests : IDisposable
{
    static readonly byte[] Bytes = [.. Enumerable.Range(0, 500_000).Select(i => (byte)(i * 7 / 3))];
    static readonly RemoteFile File = RemoteFile.HuggingFace("owner/voice", "models/a b.bin") with { Sha256 = Convert.ToHexString(SHA256.HashData(Bytes)), Length = Bytes.Length };
    static readonly RemoteFile Unknown = RemoteFile.HuggingFace("owner/voice", "models/a b.bin");

    readonly TemporaryFolder folder = new();
    readonly FileServer server = new(Bytes);

    public void Dispose()
    {
        folder.Dispose();
        server.Dispose();
    }

    [Fact]
    public async Task A_file_arrives_under_its_path_and_is_not_fetched_twice()
    {
        var seen = new Progress();
        var path = await Downloader().DownloadToFolderAsync(File, folder.Path, seen);
        Assert.Equal(folder.File(Path.Combine("models", "a b.bin")), path);
        Assert.Equal(Bytes, await System.IO.File.ReadAllBytesAsync(path));
        Assert.Equal(1, seen.Last.Fraction);
        Assert.Equal("https://hub.example/owner/voice/resolve/main/models/a%20b.bin", server.Requests[0].RequestUri!.AbsoluteUri);
        await Downloader().DownloadToFolderAsync(File, folder.Path);
        Assert.Single(server.Requests);
        Assert.Equal([path], Files());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_broken_download_goes_on_where_it_stopped(bool hashKnown)
    {
        server.BreakAfter = 200_000;
        var path = await Downloader().DownloadToFolderAsync(hashKnown ? File : Unknown, folder.Path);
        Assert.Equal(Bytes, await System.IO.File.ReadAllBytesAsync(path));
        Assert.Equal([null, 200_000, 400_000], server.Requests.Select(r => r.Headers.Range?.Ranges.Single().From));
    }

    [Fact]
    public async Task Another_downloader_goes_on_after_the_first_has_ended()
    {
        server.BreakAfter = 200_000;
        await Assert.ThrowsAsync<DownloadException>(() => Downloader(attempts: 1).DownloadToFolderAsync(Unknown, folder.Path));
        server.BreakAfter = null;
        var path = await Downloader(attempts: 1).DownloadToFolderAsync(Unknown, folder.Path);
        Assert.Equal(Bytes, await System.IO.File.ReadAllBytesAsync(path));
        Assert.Equal(200_000, server.Requests[1].Headers.Range!.Ranges.Single().From);
        Assert.Equal([path], Files());
    }

    [Fact]
    public async Task A_file_that_changed_meanwhile_is_fetched_anew()
    {
        server.BreakAfter = 200_000;
        await Assert.ThrowsAsync<DownloadException>(() => Downloader(attempts: 1).DownloadToFolderAsync(Unknown, folder.Path));
        (server.BreakAfter, server.Tag, server.Content) = (null, "\"v2\"", [.. Bytes.Reverse()]);
        var path = await Downloader(attempts: 1).DownloadToFolderAsync(Unknown, folder.Path);
        Assert.Equal(server.Content, await System.IO.File.ReadAllBytesAsync(path));
    }

    [Fact]
    public async Task Without_a_version_or_a_hash_nothing_is_appended()
    {
        (server.BreakAfter, server.Tag) = (200_000, null);
        await Assert.ThrowsAsync<DownloadException>(() => Downloader(attempts: 1).DownloadToFolderAsync(Unknown, folder.Path));
        server.BreakAfter = null;
        await Downloader(attempts: 1).DownloadToFolderAsync(Unknown, folder.Path);
        Assert.Null(server.Requests[1].Headers.Range);
    }

    [Fact]
    public async Task A_server_without_ranges_begins_anew()
    {
        (server.BreakAfter, server.Ranges) = (200_000, false);
        server.Faults.Enqueue(_ => null);
        server.Faults.Enqueue(_ =>
        {
            server.BreakAfter = null;
            return null;
        });
        var path = await Downloader().DownloadToFolderAsync(File, folder.Path);
        Assert.Equal(Bytes, await System.IO.File.ReadAllBytesAsync(path));
    }

    [Fact]
    public async Task Another_file_than_expected_is_refused_and_not_kept()
    {
        server.Content = [.. Bytes.Reverse()];
        var error = await Assert.ThrowsAsync<DownloadException>(() => Downloader().DownloadToFolderAsync(File, folder.Path));
        Assert.Contains(File.Sha256!, error.Message, StringComparison.Ordinal);
        Assert.False(error.IsTransient);
        Assert.Single(server.Requests);
        Assert.Empty(Files());
        server.Content = Bytes[..1000];
        await Assert.ThrowsAsync<DownloadException>(() => Downloader().DownloadToFolderAsync(File, folder.Path));
    }

    [Fact]
    public async Task A_damaged_beginning_is_found_and_fetched_again()
    {
        Directory.CreateDirectory(folder.File("models"));
        await System.IO.File.WriteAllBytesAsync(folder.File("models/a b.bin.part"), new byte[1000]);
        var path = await Downloader().DownloadToFolderAsync(File, folder.Path);
        Assert.Equal(Bytes, await System.IO.File.ReadAllBytesAsync(path));
        Assert.Equal([1000, null], server.Requests.Select(r => r.Headers.Range?.Ranges.Single().From));
    }

    [Fact]
    public async Task Mirrors_are_asked_where_the_endpoint_does_not_deliver()
    {
        server.Faults.Enqueue(_ => new(HttpStatusCode.NotFound));
        await Downloader(mirrors: new Uri("https://mirror.example/hf/")).DownloadToFolderAsync(File, folder.Path);
        Assert.Equal("https://mirror.example/hf/owner/voice/resolve/main/models/a%20b.bin", server.Requests[1].RequestUri!.AbsoluteUri);
        Assert.Equal("Bearer secret", server.Requests[0].Headers.Authorization!.ToString());
        Assert.Null(server.Requests[1].Headers.Authorization);
    }

    [Fact]
    public async Task A_busy_server_is_asked_again_and_a_refusal_is_not()
    {
        server.Faults.Enqueue(_ => new(HttpStatusCode.ServiceUnavailable));
        server.Faults.Enqueue(_ => throw new HttpRequestException("no route"));
        await Downloader().DownloadToFolderAsync(File, folder.Path);
        Assert.Equal(3, server.Requests.Count);
        server.Faults.Enqueue(_ => new(HttpStatusCode.Forbidden));
        var error = await Assert.ThrowsAsync<DownloadException>(() => Downloader().DownloadAsync(File, folder.File("other")));
        Assert.Equal(HttpStatusCode.Forbidden, error.Status);
        Assert.Contains("Token", error.Message, StringComparison.Ordinal);
        Assert.Equal(4, server.Requests.Count);
    }

    [Fact]
    public async Task A_silent_server_is_given_up()
    {
        server.Faults.Enqueue(_ => new(HttpStatusCode.OK) { Content = new StreamContent(new Silent()) });
        using var http = new HttpClient(server, disposeHandler: false);
        using var downloader = new FileDownloader(new() { Attempts = 1, StallTimeout = TimeSpan.FromMilliseconds(50) }, http);
        var error = await Assert.ThrowsAsync<DownloadException>(() => downloader.DownloadToFolderAsync(Unknown, folder.Path));
        Assert.True(error.IsTransient);
    }

    [Fact]
    public async Task Cancelling_keeps_what_has_arrived()
    {
        using var cancel = new CancellationTokenSource();
        var stop = new Progress { Then = () => cancel.Cancel() };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Downloader().DownloadToFolderAsync(File, folder.Path, stop, cancel.Token));
        Assert.True(new FileInfo(folder.File("models/a b.bin.part")).Length > 0);
        await Downloader().DownloadToFolderAsync(File, folder.Path);
        Assert.NotNull(server.Requests[1].Headers.Range);
    }

    [Fact]
    public async Task Plain_http_needs_a_hash()
    {
        var address = new Uri("http://files.example/x.bin");
        await Assert.ThrowsAsync<DownloadException>(() => Downloader().DownloadToFolderAsync(RemoteFile.At(address), folder.Path));
        Assert.Empty(server.Requests);
        await Downloader().DownloadToFolderAsync(RemoteFile.At(address) with { Sha256 = File.Sha256 }, folder.Path);
    }

    [Fact]
    public async Task Endless_answers_are_cut_off()
    {
        server.Tag = null;
        server.Faults.Enqueue(_ => new(HttpStatusCode.OK) { Content = new StreamContent(new Endless()) });
        using var http = new HttpClient(server, disposeHandler: false);
        using var downloader = new FileDownloader(new() { MaximumLength = 1 << 20 }, http);
        await Assert.ThrowsAsync<DownloadException>(() => downloader.DownloadToFolderAsync(Unknown, folder.Path));
        Assert.Empty(Files());
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a//b")]
    [InlineData("/etc/x")]
    [InlineData("C:/x")]
    [InlineData("a\\b")]
    public void Paths_that_lead_out_of_a_folder_are_refused(string path) => Assert.Throws<ArgumentException>(() => RemoteFile.HuggingFace("owner/voice", path));

    FileDownloader Downloader(int attempts = 5, params Uri[] mirrors) => new(
        new() { Endpoint = new("https://hub.example"), Mirrors = mirrors, Attempts = attempts, RetryDelay = TimeSpan.Zero, Token = "secret" }, new(server, disposeHandler: false));

    string[] Files() => Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories);

    sealed class Progress : IProgress<DownloadProgress>
    {
        public DownloadProgress Last { get; private set; }

        public Action? Then { get; init; }

        public void Report(DownloadProgress value)
        {
            Last = value;
            Then?.Invoke();
        }
    }

    sealed class Silent : MemoryStream
    {
        public override bool CanSeek => false;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }
    }

    sealed class Endless : MemoryStream
    {
        public override bool CanSeek => false;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(buffer.Length);
    }
}
