using System.Diagnostics;
using System.Security.Cryptography;
using MultiModal.Pipeline.Security;
using MultiModal.Testing;

namespace MultiModal.Pipeline.Tests.Security;

/// <summary>A process that stores recordings is killed at random moments. MULTIMODAL_SOAK says how often; 3 times by default.</summary>
public sealed class VaultCrashTests
{
    [Fact]
    public async Task What_was_acknowledged_survives_kills_in_the_middle_of_writes()
    {
        var rounds = int.TryParse(Environment.GetEnvironmentVariable("MULTIMODAL_SOAK"), out var asked) ? asked : 3;
        using var folder = new TemporaryFolder();
        var key = MasterKey.Create("test");
        var vault = new VoiceVault(new FileVaultStore(folder.Path), new MasterKeyRing(key));
        var random = new Random(5);
        var acknowledged = new Dictionary<string, string>();
        for (var round = 0; round < rounds; round++)
        {
            foreach (var (id, hash) in await StoreUntilKilledAsync(folder.Path, key, seed: round, storedBefore: random.Next(1, 40))) acknowledged.Add(id, hash);

            // A write that had ended but was not told of yet may be there too; nothing may be there in part.
            var found = await vault.ListAsync().ToListAsync();
            Assert.InRange(found.Count, acknowledged.Count, acknowledged.Count + round + 1);
            foreach (var entry in found) await VaultFixture.ReadAsync(vault, entry.Id);
        }

        Assert.NotEmpty(acknowledged);
        foreach (var (id, hash) in acknowledged) Assert.Equal(hash, Convert.ToHexStringLower(SHA256.HashData(await VaultFixture.ReadAsync(vault, id))));
    }

    /// <summary>What the process had told of when it was killed, some way into the write after the last of them.</summary>
    static async Task<List<(string Id, string Hash)>> StoreUntilKilledAsync(string folder, MasterKey key, int seed, int storedBefore)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "MultiModal.VaultWriter.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, folder, key.ToBase64(), $"{seed}"]) { RedirectStandardOutput = true })!;
        var told = new List<(string, string)>();
        try
        {
            while (told.Count < storedBefore && await process.StandardOutput.ReadLineAsync() is { } line) Add(line);
            Assert.False(process.HasExited, $"The program ended by itself after {told.Count} recordings.");
        }
        finally
        {
            process.Kill();
        }

        // What it told of in the moment it died counts as well; a line cut in two was not told.
        var rest = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        foreach (var line in rest.Split('\n')[..^1]) Add(line);
        return told;

        void Add(string line)
        {
            if (line.Split(' ') is [{ Length: 32 } id, { Length: 64 } hash]) told.Add((id, hash));
        }
    }
}
