namespace MultiModal.Capabilities;

/// <summary>A language model that continues conversations. Implementations are safe for concurrent use.</summary>
public interface IChatModel
{
    /// <summary>Asks for a whole answer.</summary>
    /// <param name="request">The conversation so far, and the settings.</param>
    /// <param name="cancellationToken">Gives the answer up.</param>
    /// <exception cref="MultiModalException">The engine failed; the message says why.</exception>
    Task<ChatReply> CompleteAsync(ChatModelRequest request, CancellationToken cancellationToken = default);

    /// <summary>Asks for an answer piece by piece.</summary>
    /// <param name="request">The conversation so far, and the settings.</param>
    /// <param name="cancellationToken">Gives the answer up.</param>
    /// <returns>Pieces of text; joined they are the answer.</returns>
    /// <exception cref="MultiModalException">The engine failed, also in the middle of the answer; the message says why.</exception>
    IAsyncEnumerable<string> StreamAsync(ChatModelRequest request, CancellationToken cancellationToken = default);
}
