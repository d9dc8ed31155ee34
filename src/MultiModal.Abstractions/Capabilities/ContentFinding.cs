namespace MultiModal.Capabilities;

/// <summary>One objection to a content.</summary>
/// <param name="Category">Its kind: one of <see cref="ContentCategories"/>, or an engine's own word.</param>
/// <param name="Score">How sure the engine is, 0 to 1; 1 where it only says that it is.</param>
public sealed record ContentFinding(string Category, double Score)
{
    /// <summary>The objection in the engine's words; null where it has none.</summary>
    public string? Message { get; init; }

    /// <summary>The words of a text that are meant; empty for pictures.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];
}
