using MultiModal.Runtime.Sessions;
using MultiModal.Voice.Diffusion;

namespace MultiModal.Voice.Conversion;

/// <summary>The vocoder of a voice model, loaded at its first use: a diffusion model needs it, and the enhancer does.</summary>
/// <param name="path">Its file or folder; null to look for it.</param>
/// <param name="files">Where it is looked for, and how it is got.</param>
/// <param name="options">Devices and threads.</param>
sealed class VocoderSlot(string? path, PretrainedFiles files, RuntimeOptions? options) : IAsyncDisposable
{
    readonly SemaphoreSlim gate = new(1);
    NsfHifiGan? vocoder;

    public async Task<NsfHifiGan> GetAsync(CancellationToken cancellationToken)
    {
        if (vocoder is { } known) return known;
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return vocoder ??= await NsfHifiGan.LoadAsync(
                path ?? await files.GetAsync(PretrainedCatalog.Vocoder, cancellationToken).ConfigureAwait(false), options, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (vocoder is not null) await vocoder.DisposeAsync().ConfigureAwait(false);
    }
}
