using MultiModal.Diffusion.Schedulers;
using MultiModal.Runtime.Sessions;

namespace MultiModal.Diffusion.Generation;

/// <summary>What the denoiser of one request works with.</summary>
sealed record DenoiserSetup
{
    public required INetwork UNet { get; init; }

    /// <summary>The UNet's outermost layers, where its deep features are used again; null otherwise.</summary>
    public INetwork? Surface { get; init; }

    /// <summary>Every how many calls the whole network runs.</summary>
    public int FeatureInterval { get; init; } = 1;

    /// <summary>Of the latents of all pictures made at once.</summary>
    public required LatentShape Shape { get; init; }

    public required PromptPlan Prompts { get; init; }

    /// <summary>SDXL's numbers, or null.</summary>
    public float[]? Sizes { get; init; }

    /// <summary>The numbers that go with the negative prompt, where they differ: the refiner's score.</summary>
    public float[]? NegativeSizes { get; init; }

    /// <summary>The scale of guidance; without a negative prompt it has no effect.</summary>
    public float Guidance { get; init; } = 1;

    /// <summary>How far the guided prediction gets the spread of the one that follows the prompt, 0 to 1.</summary>
    public float Rescale { get; init; }

    /// <summary>The shares of the steps between which there is guidance.</summary>
    public (float From, float To) Interval { get; init; } = (0, 1);

    /// <summary>Whether both predictions are made in one run.</summary>
    public bool Together { get; init; }

    /// <summary>Channels beyond the latents for UNets that take more, [batch, more, height, width]: an inpainting UNet's mask and picture, pix2pix's picture.</summary>
    public float[]? MoreChannels { get; init; }

    /// <summary>How strongly pix2pix's picture guides beside the text; null for other models.</summary>
    public float? ImageGuidance { get; init; }

    public IReadOnlyList<ControlRun> Controls { get; init; } = [];

    /// <summary>Where the UNet takes residuals: their shapes at a batch, a height and a width, the middle's last. Empty where it takes none.</summary>
    public Func<int, int, int, IReadOnlyList<(string Name, long[] Shape)>> Residuals { get; init; } = (_, _, _) => [];
}
