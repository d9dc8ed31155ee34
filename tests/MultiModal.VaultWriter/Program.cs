// Stores recordings one after the other and tells of each that is stored, until it is killed: the victim of the vault's crash tests.
using System.Security.Cryptography;
using MultiModal.Pipeline.Security;

var vault = new VoiceVault(new FileVaultStore(args[0]), new MasterKeyRing(MasterKey.FromBase64("test", args[1])));
var random = new Random(int.Parse(args[2], System.Globalization.CultureInfo.InvariantCulture));
while (true)
{
    var recording = new byte[random.Next(200_000)];
    random.NextBytes(recording);
    var entry = await vault.SaveAsync(new MemoryStream(recording));
    await Console.Out.WriteLineAsync($"{entry.Id} {Convert.ToHexStringLower(SHA256.HashData(recording))}");
    await Console.Out.FlushAsync();
}
