using System.Text;
using MultiModal.Pipeline.Security;

namespace MultiModal.Pipeline.Tests.Security;

public sealed class VoiceVaultTests : IDisposable
{
    readonly VaultFixture fixture = new();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(300_000)]
    public async Task A_recording_comes_back_as_it_was_stored(int length)
    {
        var recording = VaultFixture.Noise(length);
        var entry = await fixture.Vault.SaveAsync(new MemoryStream(recording), new() { Labels = new Dictionary<string, string> { ["speaker"] = "alto" } });
        Assert.Equal(recording, await fixture.ReadAsync(entry.Id));
        var found = await fixture.Vault.FindAsync(entry.Id);
        Assert.Equal((length, "alto", "audio/wav", "first"), (found!.Length, found.Labels["speaker"], found.ContentType, found.MasterKeyId));
        await using var stream = await fixture.Vault.OpenAsync(entry.Id);
        Assert.Equal(recording, ReadInPieces(stream, 1000));
    }

    [Fact]
    public async Task Nothing_is_on_the_disk_in_plain()
    {
        var recording = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("a secret that was spoken ", 8000)));
        await fixture.Vault.SaveAsync(new MemoryStream(recording), new() { ContentType = "audio/secret", Labels = new Dictionary<string, string> { ["speaker"] = "a secret name" } });
        Assert.Equal(2, fixture.Files.Count());
        foreach (var file in fixture.Files)
            Assert.True(File.ReadAllBytes(file).AsSpan().IndexOf("secret"u8) < 0, $"{Path.GetFileName(file)} holds what was stored.");
    }

    [Fact]
    public async Task A_recording_expires_after_72_hours()
    {
        var entry = await fixture.Vault.SaveAsync(new MemoryStream([1, 2, 3]));
        Assert.Equal(TimeSpan.FromHours(72), entry.ExpiresAt - entry.CreatedAt);
        fixture.Clock.Advance(TimeSpan.FromHours(72) - TimeSpan.FromMilliseconds(1));
        Assert.Equal([1, 2, 3], await fixture.ReadAsync(entry.Id));
        Assert.Equal(0, await fixture.Vault.PurgeAsync());
        fixture.Clock.Advance(TimeSpan.FromMilliseconds(1));
        var error = await Assert.ThrowsAsync<VaultExpiredException>(() => fixture.ReadAsync(entry.Id));
        Assert.Equal(entry.ExpiresAt, error.ExpiresAt);
        Assert.Equal(1, await fixture.Vault.PurgeAsync());
        Assert.Empty(fixture.Files);
        await Assert.ThrowsAsync<VaultNotFoundException>(() => fixture.ReadAsync(entry.Id));
    }

    [Fact]
    public async Task An_expired_recording_is_destroyed_even_when_its_master_key_is_lost()
    {
        await fixture.Vault.SaveAsync(new MemoryStream([1]), new() { Lifetime = TimeSpan.FromMinutes(1) });
        var stranger = new VoiceVault(fixture.Store, new MasterKeyRing(MasterKey.Create("other")), null, fixture.Clock);
        Assert.Equal(0, await stranger.PurgeAsync());
        fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, await stranger.PurgeAsync());
        Assert.Empty(fixture.Files);
    }

    [Fact]
    public async Task Rotation_moves_key_records_and_leaves_recordings_alone()
    {
        var entry = await fixture.Vault.SaveAsync(new MemoryStream([4, 5, 6]));
        var before = File.ReadAllBytes(fixture.ContentFile(entry.Id));
        var (old, next) = (fixture.Key, MasterKey.Create("second"));
        var rotating = new VoiceVault(fixture.Store, new MasterKeyRing(next, old), null, fixture.Clock);
        Assert.Equal([4, 5, 6], await VaultFixture.ReadAsync(rotating, entry.Id));
        Assert.Equal(1, await rotating.RewrapAsync());
        Assert.Equal(0, await rotating.RewrapAsync());
        var rotated = new VoiceVault(fixture.Store, new MasterKeyRing(next), null, fixture.Clock);
        Assert.Equal([4, 5, 6], await VaultFixture.ReadAsync(rotated, entry.Id));
        Assert.Equal(entry with { MasterKeyId = "second", Labels = entry.Labels }, (await rotated.FindAsync(entry.Id))! with { Labels = entry.Labels });
        Assert.Equal(before, File.ReadAllBytes(fixture.ContentFile(entry.Id)));
        var error = await Assert.ThrowsAsync<VaultKeyMissingException>(() => fixture.ReadAsync(entry.Id));
        Assert.Equal("second", error.KeyId);
    }

    [Fact]
    public async Task A_master_key_of_the_same_name_but_another_value_opens_nothing()
    {
        var entry = await fixture.Vault.SaveAsync(new MemoryStream([1]));
        var thief = new VoiceVault(fixture.Store, new MasterKeyRing(MasterKey.Create("first")), null, fixture.Clock);
        await Assert.ThrowsAsync<VaultTamperedException>(() => VaultFixture.ReadAsync(thief, entry.Id));
    }

    [Fact]
    public async Task Deleting_destroys_the_key_before_the_recording()
    {
        var entry = await fixture.Vault.SaveAsync(new MemoryStream([1]));
        var sealedBytes = File.ReadAllBytes(fixture.ContentFile(entry.Id));
        var keyBytes = File.ReadAllBytes(fixture.KeyFile(entry.Id));
        using var held = new FileStream(fixture.KeyFile(entry.Id), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Assert.True(await fixture.Vault.DeleteAsync(entry.Id));
        Assert.False(await fixture.Vault.DeleteAsync(entry.Id));
        Assert.Empty(fixture.Files);
        var left = new byte[keyBytes.Length];
        held.ReadExactly(left);
        Assert.All(left, b => Assert.Equal(0, b));

        // A copy of the sealed bytes alone is worth nothing.
        File.WriteAllBytes(fixture.ContentFile(entry.Id), sealedBytes);
        await Assert.ThrowsAsync<VaultNotFoundException>(() => fixture.ReadAsync(entry.Id));
    }

    [Fact]
    public async Task What_cannot_be_stored_whole_leaves_nothing()
    {
        using var small = new VaultFixture(new() { LargestRecording = 100_000 });
        await Assert.ThrowsAsync<ArgumentException>(() => small.Vault.SaveAsync(new MemoryStream(new byte[100_001])));
        await Assert.ThrowsAsync<IOException>(() => small.Vault.SaveAsync(new BreakingStream(70_000)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => small.Vault.SaveAsync(new MemoryStream(new byte[10]), null, new CancellationToken(true)));
        Assert.Empty(small.Files);
        Assert.Empty(await small.Vault.ListAsync().ToListAsync());
    }

    [Fact]
    public async Task Lifetimes_and_labels_out_of_range_are_refused()
    {
        foreach (var about in (VaultSaveOptions[])[
            new() { Lifetime = TimeSpan.Zero }, new() { Lifetime = TimeSpan.FromDays(31) }, new() { ContentType = "" },
            new() { Labels = new Dictionary<string, string> { ["k"] = new('x', 1001) } },
            new() { Labels = Enumerable.Range(0, 65).ToDictionary(i => $"{i}", i => "") }])
            await Assert.ThrowsAsync<ArgumentException>(() => fixture.Vault.SaveAsync(new MemoryStream([1]), about));
        Assert.Empty(fixture.Files);
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("0123456789ABCDEF0123456789ABCDEF")]
    [InlineData("0123456789abcdef0123456789abcdef")]
    public async Task Identifiers_that_are_none_find_nothing(string id)
    {
        await Assert.ThrowsAsync<VaultNotFoundException>(() => fixture.Vault.OpenAsync(id));
        Assert.Null(await fixture.Vault.FindAsync(id));
    }

    [Fact]
    public async Task Many_at_once_do_not_mix()
    {
        var recordings = Enumerable.Range(0, 40).Select(i => VaultFixture.Noise(i * 3001)).ToArray();
        var entries = await Task.WhenAll(recordings.Select(r => Task.Run(() => fixture.Vault.SaveAsync(new MemoryStream(r)))));
        await Task.WhenAll(entries.Zip(recordings).Select(pair => Task.Run(async () => Assert.Equal(pair.Second, await fixture.ReadAsync(pair.First.Id)))));
        Assert.Equal(entries.Select(e => e.Id).Order(), (await fixture.Vault.ListAsync().ToListAsync()).Select(e => e.Id).Order());
    }

    [Fact]
    public async Task Remains_of_writes_that_never_ended_are_removed_after_an_hour()
    {
        var entry = await fixture.Vault.SaveAsync(new MemoryStream([1]));
        var id = new string('a', 32);
        foreach (var remains in (string[])[fixture.ContentFile(id), fixture.ContentFile(id) + ".x.part", fixture.KeyFile(id) + ".y.part"])
        {
            File.WriteAllBytes(remains, [1]);
            File.SetLastWriteTimeUtc(remains, fixture.Clock.GetUtcNow().UtcDateTime);
        }

        File.SetLastWriteTimeUtc(fixture.ContentFile(entry.Id), fixture.Clock.GetUtcNow().UtcDateTime);
        await fixture.Vault.PurgeAsync();
        Assert.Equal(5, fixture.Files.Count());
        fixture.Clock.Advance(TimeSpan.FromHours(2));
        await fixture.Vault.PurgeAsync();
        Assert.Equal(2, fixture.Files.Count());
        Assert.Equal([1], await fixture.ReadAsync(entry.Id));
    }

    [Fact]
    public void Keys_do_not_show_in_texts()
    {
        var key = MasterKey.Create("k1");
        Assert.DoesNotContain(key.ToBase64(), key.ToString(), StringComparison.Ordinal);
        Assert.Equal(key.ToBase64(), MasterKey.FromBase64("k1", key.ToBase64()).ToBase64());
        var error = Assert.Throws<ArgumentException>(() => MasterKey.FromBase64("k1", "bm90IGxvbmcgZW5vdWdo"));
        Assert.DoesNotContain("bm90", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => MasterKey.FromBase64("k1", "***"));
        Assert.Throws<ArgumentException>(() => new MasterKey("k1", new byte[32]));
        Assert.Throws<ArgumentException>(() => new MasterKey("../k1", VaultFixture.Noise(32)));
    }

    public void Dispose() => fixture.Dispose();

    static byte[] ReadInPieces(Stream stream, int piece)
    {
        var (all, buffer) = (new MemoryStream(), new byte[piece]);
        while (stream.Read(buffer, 0, piece) is > 0 and var read) all.Write(buffer, 0, read);
        return all.ToArray();
    }

    /// <summary>Fails after some bytes, as a client that vanishes does.</summary>
    sealed class BreakingStream(int after) : MemoryStream(new byte[after])
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Position == Length ? throw new IOException("The client went away.") : base.ReadAsync(buffer, cancellationToken);
    }
}
