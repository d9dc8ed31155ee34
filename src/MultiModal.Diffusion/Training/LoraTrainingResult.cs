namespace MultiModal.Diffusion.Training;

/// <summary>A LoRA that was trained.</summary>
/// <param name="KohyaFile">The file in kohya's form, NAME.safetensors, which A1111 and ComfyUI load as well.</param>
/// <param name="PeftFile">The file in the form of PEFT and diffusers, pytorch_lora_weights.safetensors.</param>
/// <param name="Steps">How many steps were done, those of earlier runs included.</param>
/// <param name="Loss">The loss of the last steps, a running mean; not a number where this run had nothing left to do.</param>
public sealed record LoraTrainingResult(string KohyaFile, string PeftFile, int Steps, double Loss);
