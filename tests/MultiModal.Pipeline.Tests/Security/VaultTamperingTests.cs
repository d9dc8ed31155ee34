using MultiModal.Pipeline.Security;

namespace MultiModal.Pipeline.Tests.Security;

public sealed class VaultTamperingTests : IDisposable
{
    readonly VaultFixture fixture = new();

    [Fact]
    public async Task Every_changed_bit_of_either_file_is_found_out()
    {
        var entry = await fixture.Vault.SaveAsync(new MemoryStream(VaultFixture.Noise(50)));
        foreach (var path in (string[])[fixture.KeyFile(entry.Id), fixture.ContentFile(entry.Id)])
        {
            var good = File.ReadAllBytes(path);
            for (var bit = 0; bit < good.Length * 8; bit++)
            {
                var bad = (byte[])good.Clone();
                bad[bit / 8] ^= (byte)(1 << (bit % 8));
                File.WriteAllBytes(path, bad);
                var error = await Record.ExceptionAsync(() => fixture.ReadAsync(entry.Id));
                // A changed name of a master key is that of another key, which is not at hand; all else fails its check.
                Assert.True(error is VaultTamperedException or VaultKeyMissingException, $"bit {bit} of {Path.GetFileName(path)}: {error}");
            }

            File.WriteAllBytes(path, good);
        }

        Assert.Equal(50, (await fixture.ReadAsync(entry.Id)).Length);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(65_552)]
    [InlineData(100_000)]
    public async Task A_recording_cut_short_is_found_out(int missing)
    {
        var entry = await fixture.Vault.SaveAsync(new MemoryStream(VaultFixture.Noise(131_072)));
        var good = File.ReadAllBytes(fixture.ContentFile(entry.Id));
        File.WriteAllBytes(fixture.ContentFile(entry.Id), good[..^missing]);
        await Assert.ThrowsAsync<VaultTamperedException>(() => fixture.ReadAsync(entry.Id));
        File.WriteAllBytes(fixture.ContentFile(entry.Id), [.. good, .. new byte[missing]]);
        await Assert.ThrowsAsync<VaultTamperedException>(() => fixture.ReadAsync(entry.Id));
    }

    [Fact]
    public async Task A_store_that_hides_lengths_cannot_cut_a_recording_either()
    {
        var entry = await fixture.Vault.SaveAsync(new MemoryStream(VaultFixture.Noise(131_072)));
        var vault = new VoiceVault(new CuttingStore(fixture.Store, 16 + 65_552), new MasterKeyRing(fixture.Key), null, fixture.Clock);
        await using var stream = await vault.OpenAsync(entry.Id);
        var first = new byte[65_536];
        await stream.ReadExactlyAsync(first);
        await Assert.ThrowsAsync<VaultTamperedException>(async () => await stream.ReadExactlyAsync(first));
        // It stays broken: no second try gives the rest as an end.
        await Assert.ThrowsAsync<VaultTamperedException>(async () => await stream.ReadExactlyAsync(first));
    }

    [Fact]
    public async Task Chunks_cannot_be_exchanged_or_repeated()
    {
        var entry = await fixture.Vault.SaveAsync(new MemoryStream(VaultFixture.Noise(65_536 * 3)));
        var good = File.ReadAllBytes(fixture.ContentFile(entry.Id));
        var (header, chunk) = (16, 65_536 + 16);
        byte[] Chunk(int i) => good[(header + (i * chunk))..(header + ((i + 1) * chunk))];
        foreach (var order in (int[][])[[1, 0, 2], [0, 0, 2], [0, 2, 1], [2, 1, 0]])
        {
            File.WriteAllBytes(fixture.ContentFile(entry.Id), [.. good[..header], .. Chunk(order[0]), .. Chunk(order[1]), .. Chunk(order[2])]);
            await Assert.ThrowsAsync<VaultTamperedException>(() => fixture.ReadAsync(entry.Id));
        }
    }

    [Fact]
    public async Task Files_of_two_recordings_cannot_be_exchanged()
    {
        var a = await fixture.Vault.SaveAsync(new MemoryStream(VaultFixture.Noise(100)));
        var b = await fixture.Vault.SaveAsync(new MemoryStream(VaultFixture.Noise(100)));
        File.Copy(fixture.ContentFile(a.Id), fixture.ContentFile(b.Id), overwrite: true);
        await Assert.ThrowsAsync<VaultTamperedException>(() => fixture.ReadAsync(b.Id));
        File.Copy(fixture.KeyFile(a.Id), fixture.KeyFile(b.Id), overwrite: true);
        await Assert.ThrowsAsync<VaultTamperedException>(() => fixture.ReadAsync(b.Id));
        Assert.Equal(100, (await fixture.ReadAsync(a.Id)).Length);
        Assert.Single(await fixture.Vault.ListAsync().ToListAsync());
    }

    [Fact]
    public async Task A_recording_that_is_gone_is_told_from_one_that_never_was()
    {
        var entry = await fixture.Vault.SaveAsync(new MemoryStream([1]));
        File.Delete(fixture.ContentFile(entry.Id));
        await Assert.ThrowsAsync<VaultTamperedException>(() => fixture.ReadAsync(entry.Id));
    }

    public void Dispose() => fixture.Dispose();

    sealed class CuttingStore(IVaultStore inner, int length) : IVaultStore
    {
        public Task WriteContentAsync(string id, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken = default) => inner.WriteContentAsync(id, write, cancellationToken);

        public async Task<Stream?> OpenContentAsync(string id, CancellationToken cancellationToken = default)
        {
            await using var all = (await inner.OpenContentAsync(id, cancellationToken))!;
            var part = new byte[length];
            await all.ReadExactlyAsync(part, cancellationToken);
            return new Unseekable(part);
        }

        public Task WriteKeyAsync(string id, ReadOnlyMemory<byte> record, CancellationToken cancellationToken = default) => inner.WriteKeyAsync(id, record, cancellationToken);

        public Task<byte[]?> ReadKeyAsync(string id, CancellationToken cancellationToken = default) => inner.ReadKeyAsync(id, cancellationToken);

        public Task<bool> DestroyAsync(string id, CancellationToken cancellationToken = default) => inner.DestroyAsync(id, cancellationToken);

        public IAsyncEnumerable<string> ListAsync(CancellationToken cancellationToken = default) => inner.ListAsync(cancellationToken);

        public Task<int> RemoveRemainsAsync(DateTimeOffset olderThan, CancellationToken cancellationToken = default) => inner.RemoveRemainsAsync(olderThan, cancellationToken);
    }

    sealed class Unseekable(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();
    }
}
