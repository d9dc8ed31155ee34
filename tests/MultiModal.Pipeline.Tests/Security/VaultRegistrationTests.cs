using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using MultiModal.Pipeline.Security;
using MultiModal.Testing;
using MultiModal.Testing.Time;

namespace MultiModal.Pipeline.Tests.Security;

public sealed class VaultRegistrationTests
{
    [Fact]
    public async Task A_host_gives_a_vault_and_destroys_what_expires()
    {
        using var folder = new TemporaryFolder();
        var clock = new ManualTimeProvider();
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(clock);
        services.AddVoiceVault(o =>
        {
            o.Folder = folder.Path;
            o.MasterKeys["old"] = MasterKey.Create("old").ToBase64();
            o.MasterKeys["new"] = MasterKey.Create("new").ToBase64();
            o.CurrentMasterKey = "new";
        });
        await using var provider = services.BuildServiceProvider();
        provider.GetRequiredService<IStartupValidator>().Validate();
        var purger = Assert.Single(provider.GetServices<IHostedService>());
        await purger.StartAsync(CancellationToken.None);
        var entry = await provider.GetRequiredService<VoiceVault>().SaveAsync(new MemoryStream([1]), new() { Lifetime = TimeSpan.FromMinutes(5) });
        Assert.Equal("new", entry.MasterKeyId);
        while (clock.ActiveTimers == 0) await Task.Yield();
        clock.Advance(TimeSpan.FromMinutes(10));
        var key = Path.Combine(folder.Path, "keys", entry.Id + ".key");
        for (var wait = 0; File.Exists(key) && wait < 1000; wait++) await Task.Delay(10);
        Assert.False(File.Exists(key));
        await purger.StopAsync(CancellationToken.None);
    }

    [Fact]
    public void Missing_folders_and_bad_keys_are_told_when_the_host_starts()
    {
        var services = new ServiceCollection();
        services.AddVoiceVault(o =>
        {
            o.MasterKeys["a"] = "short";
            o.CurrentMasterKey = "b";
        });
        using var provider = services.BuildServiceProvider();
        var error = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IStartupValidator>().Validate());
        Assert.Equal(3, error.Failures.Count());
        Assert.DoesNotContain("short", error.Message, StringComparison.Ordinal);
    }
}
