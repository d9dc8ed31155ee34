using MultiModal.Capabilities;
using MultiModal.Pipeline.Composition;
using MultiModal.Pipeline.Prompts;

namespace MultiModal.Pipeline.Ready;

/// <summary>Which engines make a picture of speech, and how. Engines go by the keys they were registered with; null is the one without a key.</summary>
public sealed record SpeechToPictureOptions
{
    /// <summary>Who listens.</summary>
    public string? Recognizer { get; init; }

    /// <summary>The spoken language; null for the engine's own.</summary>
    public string? Language { get; init; }

    /// <summary>Who judges the text.</summary>
    public string? TextCensor { get; init; }

    /// <summary>The prompt. Default: the text as it is.</summary>
    public PromptTemplate Template { get; init; } = PromptStyles.Plain;

    /// <summary>Who draws.</summary>
    public string? Generator { get; init; }

    /// <summary>Who draws where the first one fails. Default: null, nobody.</summary>
    public string? FallbackGenerator { get; init; }

    /// <summary>What is wanted of the picture besides the prompt. Default: the engine's own.</summary>
    public ImageGenerationRequest Picture { get; init; } = new("");

    /// <summary>Who judges the picture.</summary>
    public string? ImageCensor { get; init; }

    /// <summary>Who describes the picture.</summary>
    public string? Describer { get; init; }

    /// <summary>How drawing is carried out. Default: one at a time, up to 8 waiting.</summary>
    public StepOptions Drawing { get; init; } = new() { MaxConcurrency = 1, QueueCapacity = 8 };
}
