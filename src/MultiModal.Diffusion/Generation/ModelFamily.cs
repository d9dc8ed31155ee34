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
}
