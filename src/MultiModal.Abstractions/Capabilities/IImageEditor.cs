using MultiModal.Images;

namespace MultiModal.Capabilities;

/// <summary>Changes pictures as a text says. Implementations are safe for concurrent use.</summary>
public interface IImageEditor
{
    /// <summary>Changes a picture.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="request">What shall change.</param>
    /// <param name="progress">Told the part that is done, 0 to 1, where the engine knows.</param>
    /// <param name="cancellationToken">Stops the editing.</param>
    /// <exception cref="ArgumentException">The request has a value that this engine does not take; the message names it.</exception>
    /// <exception cref="MultiModalException">The engine failed, or its own audit withheld the picture; the message says which and why.</exception>
    Task<ImageGenerationResult> EditAsync(ImageBuffer image, ImageEditRequest request, IProgress<double>? progress = null, CancellationToken cancellationToken = default);
}
