namespace MultiModal.Capabilities;

/// <summary>Who speaks in a conversation.</summary>
public enum ChatRole
{
    /// <summary>Whoever instructs the model.</summary>
    System,

    /// <summary>The user.</summary>
    User,

    /// <summary>The model.</summary>
    Assistant,
}
