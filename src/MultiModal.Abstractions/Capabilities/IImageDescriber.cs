using MultiModal.Images;

namespace MultiModal.Capabilities;

/// <summary>Says what a picture shows. Implementations are safe for concurrent use.</summary>
public interface IImageDescriber
{
    /// <summary>Describes a picture, or answers a question about it.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="request">What is wanted; null for a description.</param>
    /// <param name="cancellationToken">Gives the description up.</param>
    /// <exception cref="MultiModalException">The engine failed; the message says why.</exception>
    Task<ImageCaption> DescribeAsync(ImageBuffer image, ImageDescriptionRequest? request = null, CancellationToken cancellationToken = default);
}
