namespace MultiModal.Capabilities;

/// <summary>Draws pictures from text. Implementations are safe for concurrent use.</summary>
public interface IImageGenerator
{
    /// <summary>Draws.</summary>
    /// <param name="request">What is to be drawn.</param>
    /// <param name="progress">Told the part that is done, 0 to 1, where the engine knows.</param>
    /// <param name="cancellationToken">Stops the drawing.</param>
    /// <exception cref="ArgumentException">The request has a value that this engine does not take; the message names it.</exception>
    /// <exception cref="MultiModalException">The engine failed, or its own audit withheld every picture; the message says which and why.</exception>
    Task<ImageGenerationResult> GenerateAsync(ImageGenerationRequest request, IProgress<double>? progress = null, CancellationToken cancellationToken = default);
}
