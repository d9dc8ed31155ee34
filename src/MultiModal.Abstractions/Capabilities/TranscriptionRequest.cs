namespace MultiModal.Capabilities;

/// <summary>What is wanted of a speech recogniser, whatever its engine. Engines have options of their own besides.</summary>
public record TranscriptionRequest
{
    /// <summary>The spoken language as BCP 47 has it: <c>zh</c>, <c>en</c>, <c>yue</c>; null for the engine's own.</summary>
    public string? Language { get; init; }
}
