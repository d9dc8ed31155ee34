namespace MultiModal.Capabilities;

/// <summary>What is wanted of a chat model, whatever its engine. Engines have options of their own besides.</summary>
public record ChatModelRequest
{
    /// <summary>Makes a request.</summary>
    /// <param name="messages">The conversation so far; the last message is the one to be answered.</param>
    public ChatModelRequest(params IReadOnlyList<ChatMessage> messages) => Messages = messages;

    /// <summary>The conversation so far.</summary>
    public IReadOnlyList<ChatMessage> Messages { get; init; }

    /// <summary>The model; null for the engine's own.</summary>
    public string? Model { get; init; }

    /// <summary>How freely words are chosen, 0 to 2; null for the model's own.</summary>
    public double? Temperature { get; init; }

    /// <summary>How many tokens the answer may have; null for the model's own limit.</summary>
    public int? MaxTokens { get; init; }
}
