using MultiModal.Audio;

namespace MultiModal.Capabilities;

/// <summary>Turns a voice into another while it speaks. Implementations are safe for concurrent use: each call is a stream of its own.</summary>
public interface IStreamingVoiceConverter
{
    /// <summary>Converts sound as it arrives.</summary>
    /// <param name="input">Pieces of any length, one after the other; all have the format of the first.</param>
    /// <param name="request">What is wanted; null for the first voice as it comes.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <returns>One channel at the input's rate. In all as many samples as came in: what the engine looks ahead is made up for at the end.</returns>
    /// <exception cref="ArgumentException">A piece has another format than the first.</exception>
    /// <exception cref="MultiModalException">There is no such voice, or the engine failed; the message says which and why.</exception>
    IAsyncEnumerable<AudioClip> ConvertStreamAsync(
        IAsyncEnumerable<AudioClip> input, VoiceConversionRequest? request = null, CancellationToken cancellationToken = default);
}
