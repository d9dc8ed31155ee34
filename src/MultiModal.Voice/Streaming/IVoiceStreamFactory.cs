namespace MultiModal.Voice.Streaming;

/// <summary>Opens streams that convert a voice in real time.</summary>
public interface IVoiceStreamFactory
{
    /// <summary>Opens a stream.</summary>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Stops the opening.</param>
    /// <exception cref="MultiModalException">The model cannot be loaded, or has no such speaker.</exception>
    Task<VoiceStream> OpenStreamAsync(VoiceStreamOptions? options = null, CancellationToken cancellationToken = default);
}
