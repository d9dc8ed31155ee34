using MultiModal.Audio;

namespace MultiModal.Capabilities;

/// <summary>Speaks text. Implementations are safe for concurrent use.</summary>
public interface ISpeechSynthesizer
{
    /// <summary>Speaks a text.</summary>
    /// <param name="text">The text, of any length.</param>
    /// <param name="request">What is wanted; null for the engine's usual voice.</param>
    /// <param name="cancellationToken">Stops the synthesis.</param>
    /// <returns>The speech, at the engine's own rate.</returns>
    /// <exception cref="MultiModalException">There is no such voice, or the engine failed; the message says which and why.</exception>
    Task<AudioClip> SynthesizeAsync(string text, SpeechRequest? request = null, CancellationToken cancellationToken = default);
}
