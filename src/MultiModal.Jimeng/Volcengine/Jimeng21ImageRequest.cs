using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace MultiModal.Jimeng.Volcengine;

/// <summary>A picture from text by Jimeng 2.1. It answers at once, within about half a minute.</summary>
public sealed record Jimeng21ImageRequest : JimengRequest
{
    /// <summary>Makes a request.</summary>
    /// <param name="prompt">The prompt, up to 800 characters.</param>
    public Jimeng21ImageRequest(string prompt)
        : base(JimengKeys.TextToImage21) => Prompt = prompt;

    /// <inheritdoc/>
    [JsonIgnore]
    public override JimengActions Actions { get; init; } = JimengActions.Immediate;

    /// <summary>The prompt.</summary>
    public string Prompt { get; }

    /// <summary>The seed; -1 is random.</summary>
    public long? Seed { get; init; }

    /// <summary>The width, 256 to 768.</summary>
    public int? Width { get; init; }

    /// <summary>The height, 256 to 768.</summary>
    public int? Height { get; init; }

    /// <summary>Whether the service embellishes the prompt.</summary>
    [JsonPropertyName("use_pre_llm")]
    public bool? ExpandPrompt { get; init; }

    /// <summary>Whether the picture is enlarged afterwards.</summary>
    [JsonPropertyName("use_sr")]
    public bool? Enlarge { get; init; }

    // Immediate calls have these fields at the top.
    [JsonInclude]
    internal bool ReturnUrl => Result.ReturnUrl;

    [JsonInclude]
    internal JimengLogo? LogoInfo => Result.LogoInfo;

    [JsonInclude]
    internal JimengAigcMeta? AigcMeta => Result.AigcMeta;

    internal override JsonTypeInfo Json => JimengJson.Relaxed.Jimeng21ImageRequest;

    internal override string? FindProblem() => PromptProblem(Prompt, 800) ?? (Width is null != Height is null ? "Width and height go together." : null);
}
