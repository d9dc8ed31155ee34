namespace MultiModal.Jimeng.Chat;

/// <summary>Chat with a language model behind OpenAI's interface: Qianfan, a vLLM or TensorRT-LLM server, or any other. Safe for concurrent calls.</summary>
public interface IChatCompletionClient
{
    /// <summary>What the endpoint is called in errors.</summary>
    string Name { get; }

    /// <summary>The model used where a request names none, or null.</summary>
    string? DefaultModel { get; }

    /// <summary>Where the endpoint is.</summary>
    Uri Endpoint { get; }

    /// <summary>Asks for a whole answer.</summary>
    /// <param name="request">The conversation and the settings.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="CloudApiException">Whatever went wrong between the client and the service.</exception>
    Task<ChatCompletion> CompleteAsync(ChatRequest request, CancellationToken cancellationToken = default);

    /// <summary>Asks for an answer piece by piece.</summary>
    /// <param name="request">The conversation and the settings.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="CloudApiException">Whatever went wrong between the client and the service, also in the middle of the answer.</exception>
    IAsyncEnumerable<ChatChunk> StreamAsync(ChatRequest request, CancellationToken cancellationToken = default);
}
