namespace MultiModal.Diffusion.Text.Prompts;

/// <summary>A stretch of a prompt with how much it counts.</summary>
/// <param name="Text">The text; empty for a break.</param>
/// <param name="Weight">1 for plain text.</param>
/// <param name="IsBreak">Whether it is the word BREAK: what follows begins a new chunk of 75 tokens.</param>
public readonly record struct WeightedText(string Text, double Weight, bool IsBreak = false);
