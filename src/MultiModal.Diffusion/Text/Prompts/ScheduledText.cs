namespace MultiModal.Diffusion.Text.Prompts;

/// <summary>What a prompt says up to a step.</summary>
/// <param name="LastStep">The last step it holds for, counted from 1.</param>
/// <param name="Text">The prompt then.</param>
public readonly record struct ScheduledText(int LastStep, string Text);
