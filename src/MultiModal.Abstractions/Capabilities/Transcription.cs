namespace MultiModal.Capabilities;

/// <summary>What was said.</summary>
/// <param name="Text">The most likely text.</param>
public sealed record Transcription(string Text)
{
    /// <summary>Less likely texts, the likeliest first; empty where the engine gives none.</summary>
    public IReadOnlyList<string> Alternatives { get; init; } = [];
}
