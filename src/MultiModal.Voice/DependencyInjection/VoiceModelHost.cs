using Microsoft.Extensions.Options;
using MultiModal.Audio;
using MultiModal.Capabilities;
using MultiModal.Voice.Conversion;
using MultiModal.Voice.Streaming;

namespace MultiModal.Voice.DependencyInjection;

/// <summary>
/// A model that is loaded at its first use, once however many ask at the same time, and unloaded when nobody has used it for a while: what
/// <see cref="VoiceServiceCollectionExtensions.AddVoiceModel"/> registers.
/// </summary>
public sealed class VoiceModelHost : IVoiceConverter, IStreamingVoiceConverter, IVoiceStreamFactory, IAsyncDisposable
{
    readonly VoiceModelOptions options;
    readonly SemaphoreSlim gate = new(1);
    readonly Timer idle;
    VoiceModel? model;
    IReadOnlyCollection<string> voices = [];
    int leases;
    bool disposed;

    /// <summary>Makes the host. Nothing is loaded yet.</summary>
    /// <param name="options">How the model is loaded.</param>
    public VoiceModelHost(VoiceModelOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options;
        idle = new(static state => _ = ((VoiceModelHost)state!).UnloadAsync(), this, Timeout.Infinite, Timeout.Infinite);
    }

    /// <summary>Whether the model is loaded at the moment.</summary>
    public bool IsLoaded => model is not null;

    /// <inheritdoc/>
    /// <remarks>Known once the model has been loaded; empty before.</remarks>
    public IReadOnlyCollection<string> Voices => voices;

    /// <summary>Rents the model, loading it where it is not.</summary>
    /// <param name="cancellationToken">Stops the loading.</param>
    /// <exception cref="MultiModalException">The model cannot be loaded.</exception>
    /// <exception cref="ObjectDisposedException">The application is ending.</exception>
    public async Task<VoiceModelLease> RentAsync(CancellationToken cancellationToken = default)
    {
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            model ??= await VoiceModel.LoadAsync(options.ModelPath!, options, cancellationToken).ConfigureAwait(false);
            voices = ((IVoiceConverter)model).Voices;
            Interlocked.Increment(ref leases);
            return new(model, GiveBack);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<AudioClip> ConvertAsync(
        AudioClip input, VoiceConversionRequest? request = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        using var lease = await RentAsync(cancellationToken).ConfigureAwait(false);
        return await ((IVoiceConverter)lease.Model).ConvertAsync(input, request, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<AudioClip> ConvertStreamAsync(
        IAsyncEnumerable<AudioClip> input, VoiceConversionRequest? request = null, CancellationToken cancellationToken = default) =>
        StreamConversion.RunAsync(this, input, request, cancellationToken);

    /// <inheritdoc/>
    public async Task<VoiceStream> OpenStreamAsync(VoiceStreamOptions? options = null, CancellationToken cancellationToken = default)
    {
        var lease = await RentAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var stream = await lease.Model.OpenStreamAsync(options, cancellationToken).ConfigureAwait(false);
            stream.Lease = lease;
            return stream;
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    /// <summary>Unloads the model, after what is under way.</summary>
    public async ValueTask DisposeAsync()
    {
        await gate.WaitAsync().ConfigureAwait(false);
        var loaded = model;
        (model, disposed) = (null, true);
        gate.Release();
        await idle.DisposeAsync().ConfigureAwait(false);
        if (loaded is not null) await loaded.DisposeAsync().ConfigureAwait(false);
    }

    internal async Task UnloadAsync()
    {
        await gate.WaitAsync().ConfigureAwait(false);
        VoiceModel? unused = null;
        if (Volatile.Read(ref leases) == 0) (unused, model) = (model, null);
        gate.Release();
        if (unused is not null) await unused.DisposeAsync().ConfigureAwait(false);
    }

    void GiveBack()
    {
        if (Interlocked.Decrement(ref leases) > 0 || options.UnloadWhenIdleFor is not { } time) return;
        try
        {
            idle.Change(time, Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // The application ended meanwhile, and the model with it.
        }
    }
}
