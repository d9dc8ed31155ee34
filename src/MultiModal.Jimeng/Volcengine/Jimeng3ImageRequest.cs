using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace MultiModal.Jimeng.Volcengine;

/// <summary>A picture from text by Jimeng 3.1, or 3.0 with <see cref="JimengRequest.ReqKey"/> set to <see cref="JimengKeys.TextToImage30"/>.</summary>
public sealed record Jimeng3ImageRequest : JimengRequest
{
    /// <summary>Makes a request.</summary>
    /// <param name="prompt">The prompt, best up to 120 characters, at most 800.</param>
    public Jimeng3ImageRequest(string prompt)
        : base(JimengKeys.TextToImage31) => Prompt = prompt;

    /// <summary>The prompt.</summary>
    public string Prompt { get; }

    /// <summary>Whether the service embellishes the prompt.</summary>
    /// <value>The default is null: the service's own, true.</value>
    [JsonPropertyName("use_pre_llm")]
    public bool? ExpandPrompt { get; init; }

    /// <summary>The seed; -1 is random.</summary>
    public long? Seed { get; init; }

    /// <summary>The width; goes with <see cref="Height"/>, product 512² to 2048², ratio 1:3 to 3:1.</summary>
    public int? Width { get; init; }

    /// <summary>The height.</summary>
    public int? Height { get; init; }

    internal override JsonTypeInfo Json => JimengJson.Relaxed.Jimeng3ImageRequest;

    internal override string? FindProblem() => PromptProblem(Prompt, 800) ?? AreaProblem(Width, Height, 512 * 512, 2048 * 2048);
}
