using MultiModal.Audio;

namespace MultiModal.Capabilities;

/// <summary>Turns speech into text. Implementations are safe for concurrent use.</summary>
public interface ISpeechRecognizer
{
    /// <summary>Writes down what is said.</summary>
    /// <param name="audio">Any rate, number of channels and length; what the engine cannot take is converted and divided.</param>
    /// <param name="request">What is wanted; null for the engine's defaults.</param>
    /// <param name="cancellationToken">Stops the recognition.</param>
    /// <exception cref="MultiModalException">The engine failed, or heard no speech; the message says which and why.</exception>
    Task<Transcription> RecognizeAsync(AudioClip audio, TranscriptionRequest? request = null, CancellationToken cancellationToken = default);
}
