namespace MultiModal.Capabilities;

/// <summary>What is wanted of an image generator, whatever its engine. Engines have options of their own besides.</summary>
/// <param name="Prompt">What the picture shows.</param>
public record ImageGenerationRequest(string Prompt)
{
    /// <summary>What it must not show; null for nothing in particular. Engines without such a thing leave it out.</summary>
    public string? NegativePrompt { get; init; }

    /// <summary>Width in pixels; null for the engine's own.</summary>
    public int? Width { get; init; }

    /// <summary>Height in pixels; null for the engine's own.</summary>
    public int? Height { get; init; }

    /// <summary>How many pictures; 1 by default.</summary>
    public int Count { get; init; } = 1;

    /// <summary>The seed of all randomness; null for another picture every time. Engines without seeds leave it out.</summary>
    public long? Seed { get; init; }

    /// <summary>Sampling steps; null for the engine's own number. Engines without steps leave it out.</summary>
    public int? Steps { get; init; }

    /// <summary>How strongly the prompt guides (classifier-free guidance); null for the engine's own. Engines without it leave it out.</summary>
    public double? Guidance { get; init; }

    /// <summary>After every how many steps <see cref="IStreamingImageGenerator"/> gives a preview; 0, the default, for none.</summary>
    public int PreviewEvery { get; init; }
}
