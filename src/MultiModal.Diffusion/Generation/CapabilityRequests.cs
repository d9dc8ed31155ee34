using MultiModal.Capabilities;
using MultiModal.Images;

namespace MultiModal.Diffusion.Generation;

/// <summary>What requests of any engine's ask of this one.</summary>
static class CapabilityRequests
{
    public static ImageRequest ToDraw(ImageRequest defaults, ImageGenerationRequest request) => defaults with
    {
        Prompt = request.Prompt,
        NegativePrompt = request.NegativePrompt ?? defaults.NegativePrompt,
        Width = request.Width ?? defaults.Width,
        Height = request.Height ?? defaults.Height,
        Count = request.Count,
        Seed = request.Seed ?? defaults.Seed,
        Steps = request.Steps ?? defaults.Steps,
        Guidance = (float)(request.Guidance ?? defaults.Guidance),
        PreviewEvery = request.PreviewEvery,
    };

    public static ImageRequest ToEdit(ImageRequest defaults, ImageBuffer image, ImageEditRequest request) => defaults with
    {
        Prompt = request.Prompt,
        NegativePrompt = request.NegativePrompt ?? defaults.NegativePrompt,
        Width = null,
        Height = null,
        Init = image,
        Mask = request.Mask,
        Strength = (float)(request.Strength ?? defaults.Strength),
        Seed = request.Seed ?? defaults.Seed,
    };
}
