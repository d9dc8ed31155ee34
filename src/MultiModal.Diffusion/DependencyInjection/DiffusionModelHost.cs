using System.Runtime.CompilerServices;
using MultiModal.Capabilities;
using MultiModal.Diffusion.Generation;
using MultiModal.Images;
using MultiModal.Runtime.Hosting;

namespace MultiModal.Diffusion.DependencyInjection;

/// <summary>
/// A model that is loaded at its first use, once however many ask at the same time, and unloaded when nobody has used it for a while: what
/// <see cref="DiffusionServiceCollectionExtensions.AddDiffusionModel"/> registers.
/// </summary>
public sealed class DiffusionModelHost : IImageGenerator, IStreamingImageGenerator, IImageEditor, IModelHost, IAsyncDisposable
{
    readonly SharedModel<DiffusionModel> shared;

    /// <summary>Makes the host. Nothing is loaded yet.</summary>
    /// <param name="options">How the model is loaded.</param>
    /// <param name="name">What the application calls it; null for "diffusion".</param>
    /// <param name="time">The clock; null for the system's.</param>
    public DiffusionModelHost(DiffusionModelOptions options, string? name = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        shared = new(name ?? "diffusion", token => DiffusionModel.LoadAsync(options.ModelPath!, options, null, token), options.UnloadWhenIdleFor, time);
    }

    /// <inheritdoc/>
    public string Name => shared.Name;

    /// <inheritdoc/>
    public ModelState State => shared.State;

    /// <inheritdoc/>
    public Exception? Error => shared.Error;

    /// <summary>Rents the model, loading it where it is not.</summary>
    /// <param name="cancellationToken">Stops the loading.</param>
    /// <exception cref="MultiModalException">The model cannot be loaded.</exception>
    /// <exception cref="ObjectDisposedException">The application is ending.</exception>
    public Task<ModelLease<DiffusionModel>> RentAsync(CancellationToken cancellationToken = default) => shared.RentAsync(cancellationToken);

    /// <inheritdoc/>
    public Task LoadAsync(CancellationToken cancellationToken = default) => shared.LoadAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<ImageGenerationResult> GenerateAsync(ImageGenerationRequest request, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        using var lease = await RentAsync(cancellationToken).ConfigureAwait(false);
        return await ((IImageGenerator)lease.Model).GenerateAsync(request, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ImageGenerationUpdate> GenerateStreamingAsync(
        ImageGenerationRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var lease = await RentAsync(cancellationToken).ConfigureAwait(false);
        await foreach (var update in ((IStreamingImageGenerator)lease.Model).GenerateStreamingAsync(request, cancellationToken).ConfigureAwait(false)) yield return update;
    }

    /// <inheritdoc/>
    public async Task<ImageGenerationResult> EditAsync(ImageBuffer image, ImageEditRequest request, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        using var lease = await RentAsync(cancellationToken).ConfigureAwait(false);
        return await ((IImageEditor)lease.Model).EditAsync(image, request, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Unloads the model, after what is under way.</summary>
    public ValueTask DisposeAsync() => shared.DisposeAsync();
}
