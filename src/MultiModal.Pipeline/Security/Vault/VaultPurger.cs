using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace MultiModal.Pipeline.Security;

/// <summary>Destroys expired recordings while the application runs.</summary>
sealed partial class VaultPurger(VoiceVault vault, IOptions<VoiceVaultOptions> options, ILogger<VaultPurger>? log = null, TimeProvider? time = null) : BackgroundService
{
    readonly ILogger logger = log ?? NullLogger<VaultPurger>.Instance;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.PurgeEvery, time ?? TimeProvider.System);
        do
        {
            try
            {
                if (await vault.PurgeAsync(stoppingToken).ConfigureAwait(false) is > 0 and var count) Purged(count);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // The next round may find the store in order again; a host must not end for it.
                Failed(error);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Destroyed {Count} expired recordings.")]
    partial void Purged(int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "Expired recordings could not be destroyed; they cannot be read all the same.")]
    partial void Failed(Exception error);
}
