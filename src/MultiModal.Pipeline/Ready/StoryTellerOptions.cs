using MultiModal.Capabilities;
using MultiModal.Pipeline.Prompts;

namespace MultiModal.Pipeline.Ready;

/// <summary>Which engines tell a story, and how. Engines go by the keys they were registered with; null is the one without a key.</summary>
public sealed record StoryTellerOptions
{
    /// <summary>Who judges the text.</summary>
    public string? TextCensor { get; init; }

    /// <summary>Who speaks.</summary>
    public string? Synthesizer { get; init; }

    /// <summary>How it is spoken. Default: the engine's usual voice.</summary>
    public SpeechRequest Speech { get; init; } = new();

    /// <summary>Whether the speech is converted into a chosen voice. Default true.</summary>
    public bool ConvertVoice { get; init; } = true;

    /// <summary>Who converts the voice.</summary>
    public string? Converter { get; init; }

    /// <summary>Which voice it is told in. Default: the converter's first.</summary>
    public VoiceConversionRequest Voice { get; init; } = new();

    /// <summary>The prompt. Default: <see cref="PromptStyles.Storybook"/>.</summary>
    public PromptTemplate Template { get; init; } = PromptStyles.Storybook;

    /// <summary>Who draws.</summary>
    public string? Generator { get; init; }

    /// <summary>What is wanted of the picture besides the prompt; each further attempt has the next seed. Default: the engine's own, and seed 1.</summary>
    public ImageGenerationRequest Picture { get; init; } = new("") { Seed = 1 };

    /// <summary>Who judges pictures.</summary>
    public string? ImageCensor { get; init; }

    /// <summary>Who describes pictures.</summary>
    public string? Describer { get; init; }

    /// <summary>How much of the text the caption must say before no other picture is tried, 0 to 1. Default 0.3.</summary>
    public double MinMatch { get; init; } = 0.3;

    /// <summary>How many pictures are tried at most. Default 3.</summary>
    public int MaxAttempts { get; init; } = 3;
}
