namespace MultiModal.Capabilities;

/// <summary>Draws pictures from text and shows how they come about. Implementations are safe for concurrent use.</summary>
public interface IStreamingImageGenerator
{
    /// <summary>Draws.</summary>
    /// <param name="request">What is to be drawn; its <see cref="ImageGenerationRequest.PreviewEvery"/> says how often there is a preview.</param>
    /// <param name="cancellationToken">Stops the drawing. Leaving the loop does the same.</param>
    /// <returns>Progress and previews as they come; always ends with <see cref="ImageGenerationUpdate.Completed"/>.</returns>
    /// <exception cref="ArgumentException">The request has a value that this engine does not take; the message names it.</exception>
    /// <exception cref="MultiModalException">The engine failed, or its own audit withheld every picture; the message says which and why.</exception>
    IAsyncEnumerable<ImageGenerationUpdate> GenerateStreamingAsync(ImageGenerationRequest request, CancellationToken cancellationToken = default);
}
