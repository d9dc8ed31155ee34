using MultiModal.Runtime;

namespace MultiModal.Diffusion.Training.Lora;

/// <summary>The two matrices of a layer's LoRA: the weight changes by alpha / rank * up down.</summary>
/// <param name="Component">"unet", "text_encoder", "text_encoder_2".</param>
/// <param name="Layer">The layer's path in the component, as in diffusers and transformers.</param>
/// <param name="Down">[rank, in], or [rank, in, kernel...].</param>
/// <param name="Up">[out, rank], or [out, rank, 1, 1].</param>
/// <param name="Alpha">Alpha.</param>
sealed record LoraPair(string Component, string Layer, TensorData Down, TensorData Up, float Alpha)
{
    public int Rank => (int)Down.Dimensions[0];
}
