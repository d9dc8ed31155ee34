namespace MultiModal.Diffusion.Text.Prompts;

/// <summary>One of several prompts joined by AND (Liu et al. 2022, composable diffusion).</summary>
/// <param name="Text">The prompt.</param>
/// <param name="Weight">How strongly it guides; 1 where none is given.</param>
public readonly record struct PromptPart(string Text, float Weight);
