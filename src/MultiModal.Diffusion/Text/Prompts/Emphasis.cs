namespace MultiModal.Diffusion.Text.Prompts;

/// <summary>How the weights of words change what the UNet reads.</summary>
public enum Emphasis
{
    /// <summary>States are multiplied by their weights, then all by what restores their mean: A1111's default.</summary>
    Original,

    /// <summary>States are multiplied by their weights: A1111's "No norm", better for SDXL, whose mean is near 0.</summary>
    NoNorm,

    /// <summary>States are moved from those of the empty prompt, or to them, by their weights, as ComfyUI does it.</summary>
    FromEmpty,

    /// <summary>Weights are read and have no effect.</summary>
    Ignore,
}
