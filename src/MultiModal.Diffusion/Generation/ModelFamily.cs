namespace MultiModal.Diffusion.Generation;

/// <summary>Architectures of Stable Diffusion.</summary>
public enum ModelFamily
{
    /// <summary>Stable Diffusion 1.x: CLIP-L, 768 text features.</summary>
    StableDiffusion1,

    /// <summary>Stable Diffusion 2.x: OpenCLIP-H, 1024 text features.</summary>
    StableDiffusion2,

    /// <summary>Stable Diffusion XL: two text encoders, size conditions.</summary>
    StableDiffusionXL,

    /// <summary>Stable Diffusion XL's refiner: SDXL's second text encoder alone, conditioned on a score besides the size; made for the last steps, or for image to image.</summary>
    StableDiffusionXLRefiner,
}
