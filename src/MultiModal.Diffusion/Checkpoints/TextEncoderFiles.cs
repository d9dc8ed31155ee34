using MultiModal.Diffusion.Text;

namespace MultiModal.Diffusion.Checkpoints;

/// <summary>A text encoder of a model.</summary>
/// <param name="Component">Its folder in diffusers' layout: "text_encoder" or "text_encoder_2".</param>
/// <param name="Config">Its dimensions.</param>
/// <param name="Tokenizer">What cuts its prompts.</param>
sealed record TextEncoderFiles(string Component, ClipTextConfig Config, ClipTokenizer Tokenizer);
