namespace MultiModal.Capabilities;

/// <summary>What a describer says of a picture.</summary>
/// <param name="Text">The description, or the answer to the question.</param>
public sealed record ImageCaption(string Text);
