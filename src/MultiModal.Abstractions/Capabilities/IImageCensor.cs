using MultiModal.Images;

namespace MultiModal.Capabilities;

/// <summary>Judges whether a picture may be shown. Implementations are safe for concurrent use.</summary>
public interface IImageCensor
{
    /// <summary>Judges a picture.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="cancellationToken">Gives the judgement up.</param>
    /// <returns>The judgement; <see cref="ContentVerdict.Unknown"/> where the engine answered but could not judge.</returns>
    /// <exception cref="MultiModalException">The engine failed; the message says why.</exception>
    Task<ContentJudgement> CensorAsync(ImageBuffer image, CancellationToken cancellationToken = default);
}
