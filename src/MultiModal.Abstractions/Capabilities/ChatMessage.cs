namespace MultiModal.Capabilities;

/// <summary>One message of a conversation.</summary>
/// <param name="Role">Who speaks.</param>
/// <param name="Text">What is said.</param>
public sealed record ChatMessage(ChatRole Role, string Text)
{
    /// <summary>Instructions to the model.</summary>
    /// <param name="text">The instructions.</param>
    public static ChatMessage System(string text) => new(ChatRole.System, text);

    /// <summary>What the user says.</summary>
    /// <param name="text">The text.</param>
    public static ChatMessage User(string text) => new(ChatRole.User, text);

    /// <summary>What the model said.</summary>
    /// <param name="text">The text.</param>
    public static ChatMessage Assistant(string text) => new(ChatRole.Assistant, text);
}
