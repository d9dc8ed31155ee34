namespace MultiModal.Diffusion.Text.Prompts;

/// <summary>A LoRA that a prompt asks for: <c>&lt;lora:name:0.8&gt;</c>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="TextWeight">Its weight in the text encoder; 1 where none is given.</param>
/// <param name="UNetWeight">Its weight in the UNet; that of the text encoder where none is given.</param>
public readonly record struct PromptLora(string Name, float TextWeight, float UNetWeight);
