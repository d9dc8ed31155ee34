using System.Security.Cryptography;
using MultiModal.Pipeline.Security;
using MultiModal.Testing;
using MultiModal.Testing.Time;

namespace MultiModal.Pipeline.Tests.Security;

/// <summary>A vault in a folder of its own, under a key of its own, with a clock that only the test moves.</summary>
sealed class VaultFixture : IDisposable
{
    public VaultFixture(VoiceVaultOptions? options = null)
    {
        Store = new(Folder.Path);
        Vault = new(Store, new MasterKeyRing(Key), options, Clock);
    }

    public TemporaryFolder Folder { get; } = new();

    public MasterKey Key { get; } = MasterKey.Create("first");

    public ManualTimeProvider Clock { get; } = new();

    public FileVaultStore Store { get; }

    public VoiceVault Vault { get; }

    public string KeyFile(string id) => Path.Combine(Folder.Path, "keys", id + ".key");

    public string ContentFile(string id) => Path.Combine(Folder.Path, "recordings", id + ".sealed");

    public IEnumerable<string> Files => Directory.EnumerateFiles(Folder.Path, "*", SearchOption.AllDirectories);

    public static byte[] Noise(int length) => RandomNumberGenerator.GetBytes(length);

    public static async Task<byte[]> ReadAsync(VoiceVault vault, string id)
    {
        await using var stream = await vault.OpenAsync(id);
        using var all = new MemoryStream();
        await stream.CopyToAsync(all);
        return all.ToArray();
    }

    public Task<byte[]> ReadAsync(string id) => ReadAsync(Vault, id);

    public void Dispose() => Folder.Dispose();
}
