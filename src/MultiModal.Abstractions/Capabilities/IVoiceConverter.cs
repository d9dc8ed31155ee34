using MultiModal.Audio;

namespace MultiModal.Capabilities;

/// <summary>Turns what one voice says or sings into another voice. Implementations are safe for concurrent use.</summary>
public interface IVoiceConverter
{
    /// <summary>The voices there are, by name.</summary>
    IReadOnlyCollection<string> Voices { get; }

    /// <summary>Converts a sound.</summary>
    /// <param name="input">Any rate and number of channels.</param>
    /// <param name="request">What is wanted; null for the first voice as it comes.</param>
    /// <param name="progress">Told the part that is done, 0 to 1.</param>
    /// <param name="cancellationToken">Stops the conversion.</param>
    /// <returns>The sound in the other voice, as long as the input.</returns>
    /// <exception cref="MultiModalException">There is no such voice, or the engine failed; the message says which and why.</exception>
    Task<AudioClip> ConvertAsync(
        AudioClip input, VoiceConversionRequest? request = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default);
}
