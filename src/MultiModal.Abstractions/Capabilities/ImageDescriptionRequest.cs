namespace MultiModal.Capabilities;

/// <summary>What is wanted of an image describer, whatever its engine.</summary>
public record ImageDescriptionRequest
{
    /// <summary>A question about the picture; null asks for a description.</summary>
    public string? Question { get; init; }

    /// <summary>The language of the answer as BCP 47 has it; null for the engine's own.</summary>
    public string? Language { get; init; }
}
