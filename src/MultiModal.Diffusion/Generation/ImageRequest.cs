using MultiModal.Diffusion.Schedulers;

namespace MultiModal.Diffusion.Generation;

/// <summary>What to draw, and how. Immutable: one request may be used many times and by many threads.</summary>
/// <param name="Prompt">What the picture shows.</param>
public sealed record ImageRequest(string Prompt)
{
    /// <summary>What it must not show. Default: null, which leaves it to the model.</summary>
    public string? NegativePrompt { get; init; }

    /// <summary>Width in pixels, a multiple of 8. Default: null, the size the model was made for.</summary>
    public int? Width { get; init; }

    /// <summary>Height in pixels, a multiple of 8. Default: null, the size the model was made for.</summary>
    public int? Height { get; init; }

    /// <summary>Sampling steps, 1 to 1000. Default 25.</summary>
    public int Steps { get; init; } = 25;

    /// <summary>How many pictures. Each has the seed after that of the one before. Default 1.</summary>
    public int Count { get; init; } = 1;

    /// <summary>
    /// How strongly the prompt guides (Ho and Salimans 2022): 1 or less means without guidance, at half the cost. Default 7.5.
    /// </summary>
    public float Guidance { get; init; } = 7.5f;

    /// <summary>The scheduler. Default: null, the one the model's folder names, or DDIM where that is not at hand.</summary>
    public string? Scheduler { get; init; }

    /// <summary>Whether sigmas are spaced as Karras et al. 2022 propose. Default: null, as the model's folder has it.</summary>
    public bool? KarrasSigmas { get; init; }

    /// <summary>Choices beyond the scheduler's configuration: eta, churn. Default: none.</summary>
    public SamplerOptions Sampler { get; init; } = SamplerOptions.Default;

    /// <summary>The seed of the noise; equal seeds give equal noise to PyTorch's on a CPU. Default: null, a random one that the result tells.</summary>
    public long? Seed { get; init; }

    /// <summary>After every how many steps a preview is made. Default 0: none.</summary>
    public int PreviewEvery { get; init; }

    /// <summary>Checks what can be checked without a model.</summary>
    /// <exception cref="ArgumentException">A value is out of its range; the message names it.</exception>
    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(Prompt);
        ArgumentOutOfRangeException.ThrowIfLessThan(Steps, 1, nameof(Steps));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Steps, 1000, nameof(Steps));
        ArgumentOutOfRangeException.ThrowIfLessThan(Count, 1, nameof(Count));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Count, 1024, nameof(Count));
        ArgumentOutOfRangeException.ThrowIfNegative(PreviewEvery, nameof(PreviewEvery));
        if (!float.IsFinite(Guidance)) throw new ArgumentOutOfRangeException(nameof(Guidance), Guidance, "Guidance is a finite number.");
    }
}
