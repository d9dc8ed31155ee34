namespace MultiModal.Voice.Diffusion;

/// <summary>How a conversion uses a diffusion model.</summary>
public sealed record MelDiffusionOptions
{
    /// <summary>How many steps of noise are laid over the synthesizer's sound before they are taken away ("k_step"); 100 by default. Unused where there is no synthesizer.</summary>
    public int Steps { get; init; } = 100;

    /// <summary>How many steps of noise are taken away at once; what the model's config says where null.</summary>
    public int? Speedup { get; init; }

    /// <summary>The sampler; what the model's config says where null.</summary>
    public MelSampler? Sampler { get; init; }

    /// <summary>Whether content units are made anew from the synthesizer's sound ("second_encoding"); false by default.</summary>
    public bool SecondEncoding { get; init; }
}
