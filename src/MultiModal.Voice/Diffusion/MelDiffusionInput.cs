namespace MultiModal.Voice.Diffusion;

/// <summary>What a diffusion model makes a spectrogram of.</summary>
public sealed record MelDiffusionInput
{
    /// <summary>Content units stretched to frames: [content, frames].</summary>
    public required ReadOnlyMemory<float> Content { get; init; }

    /// <summary>Pitch in Hz for each frame, without gaps.</summary>
    public required ReadOnlyMemory<float> Pitch { get; init; }

    /// <summary>Root mean square for each frame.</summary>
    public required ReadOnlyMemory<float> Volume { get; init; }

    /// <summary>How much of each speaker, beginning with number 0: [speakers], or [frames, speakers] where it changes. Unused by models of one speaker.</summary>
    public ReadOnlyMemory<float> SpeakerWeights { get; init; }

    /// <summary>Whether <see cref="SpeakerWeights"/> has a row for each frame; false by default.</summary>
    public bool SpeakerChanges { get; init; }

    /// <summary>The spectrogram to refine, natural logarithms of magnitudes: [mels, frames]. Empty, the default, begins with noise alone.</summary>
    public ReadOnlyMemory<float> Spectrogram { get; init; }

    /// <summary>How many steps of noise are laid over a given spectrogram ("k_step"); 100 by default. More changes more.</summary>
    public int Steps { get; init; } = 100;

    /// <summary>How many steps of noise are taken away at once; what the model's config says where null.</summary>
    public int? Speedup { get; init; }

    /// <summary>The sampler; what the model's config says where null.</summary>
    public MelSampler? Sampler { get; init; }
}
