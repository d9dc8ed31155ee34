using MultiModal.Audio;
using MultiModal.Capabilities;
using MultiModal.Runtime.Hosting;
using MultiModal.Voice.Conversion;
using MultiModal.Voice.Streaming;

namespace MultiModal.Voice.DependencyInjection;

/// <summary>
/// A model that is loaded at its first use, once however many ask at the same time, and unloaded when nobody has used it for a while: what
/// <see cref="VoiceServiceCollectionExtensions.AddVoiceModel"/> registers.
/// </summary>
public sealed class VoiceModelHost : IVoiceConverter, IStreamingVoiceConverter, IVoiceStreamFactory, IModelHost, IAsyncDisposable
{
    readonly SharedModel<VoiceModel> shared;
    IReadOnlyCollection<string> voices = [];

    /// <summary>Makes the host. Nothing is loaded yet.</summary>
    /// <param name="options">How the model is loaded.</param>
    /// <param name="name">What the application calls it; null for "voice".</param>
    /// <param name="time">The clock; null for the system's.</param>
    public VoiceModelHost(VoiceModelOptions options, string? name = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        shared = new(name ?? "voice", token => VoiceModel.LoadAsync(options.ModelPath!, options, token), options.UnloadWhenIdleFor, time);
    }

    /// <inheritdoc/>
    public string Name => shared.Name;

    /// <inheritdoc/>
    public ModelState State => shared.State;

    /// <inheritdoc/>
    public Exception? Error => shared.Error;

    /// <summary>Whether the model is loaded at the moment.</summary>
    public bool IsLoaded => State == ModelState.Loaded;

    /// <inheritdoc/>
    /// <remarks>Known once the model has been loaded; empty before.</remarks>
    public IReadOnlyCollection<string> Voices => voices;

    /// <summary>Rents the model, loading it where it is not.</summary>
    /// <param name="cancellationToken">Stops the loading.</param>
    /// <exception cref="MultiModalException">The model cannot be loaded.</exception>
    /// <exception cref="ObjectDisposedException">The application is ending.</exception>
    public async Task<ModelLease<VoiceModel>> RentAsync(CancellationToken cancellationToken = default)
    {
        var lease = await shared.RentAsync(cancellationToken).ConfigureAwait(false);
        voices = ((IVoiceConverter)lease.Model).Voices;
        return lease;
    }

    /// <inheritdoc/>
    public async Task LoadAsync(CancellationToken cancellationToken = default)
    {
        using var lease = await RentAsync(cancellationToken).ConfigureAwait(false);
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
    public ValueTask DisposeAsync() => shared.DisposeAsync();

    internal Task UnloadAsync() => shared.UnloadAsync();
}
