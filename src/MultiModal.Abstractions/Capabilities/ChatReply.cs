namespace MultiModal.Capabilities;

/// <summary>A chat model's answer.</summary>
/// <param name="Text">The answer.</param>
public sealed record ChatReply(string Text)
{
    /// <summary>The model that answered; null where the engine does not tell.</summary>
    public string? Model { get; init; }

    /// <summary>Tokens of the conversation; null where the engine does not tell.</summary>
    public int? InputTokens { get; init; }

    /// <summary>Tokens of the answer; null where the engine does not tell.</summary>
    public int? OutputTokens { get; init; }

    /// <summary>Whether the answer ended because it became too long.</summary>
    public bool IsTruncated { get; init; }
}
