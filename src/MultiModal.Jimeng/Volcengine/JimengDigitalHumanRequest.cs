using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace MultiModal.Jimeng.Volcengine;

/// <summary>A picture that speaks (OmniHuman 1.5).</summary>
public sealed record JimengDigitalHumanRequest : JimengRequest
{
    /// <summary>Makes a request.</summary>
    /// <param name="imageUrl">The picture's address.</param>
    /// <param name="audioUrl">The sound's address, under 60 seconds.</param>
    public JimengDigitalHumanRequest(Uri imageUrl, Uri audioUrl)
        : base(JimengKeys.HumanVideo)
    {
        ImageUrl = imageUrl;
        AudioUrl = audioUrl;
    }

    /// <inheritdoc/>
    [JsonIgnore]
    public override JimengActions Actions { get; init; } = JimengActions.HumanTasks;

    /// <summary>The picture's address.</summary>
    public Uri ImageUrl { get; }

    /// <summary>The sound's address.</summary>
    public Uri AudioUrl { get; }

    /// <summary>Masks of the subjects that speak; null lets <see cref="IJimengClient.GenerateDigitalHumanAsync"/> find them.</summary>
    public IReadOnlyList<Uri>? MaskUrl { get; init; }

    /// <summary>Which of the found subjects speaks; null: all.</summary>
    [JsonIgnore]
    public int? Subject { get; init; }

    /// <summary>What happens in the video, up to 300 characters.</summary>
    public string? Prompt { get; init; }

    /// <summary>The seed; -1 is random.</summary>
    public long? Seed { get; init; }

    /// <summary>Lines of the video: 720 or 1080.</summary>
    public int? OutputResolution { get; init; }

    /// <summary>Whether speed counts more than quality.</summary>
    [JsonPropertyName("pe_fast_mode")]
    public bool? Fast { get; init; }

    internal override JsonTypeInfo Json => JimengJson.Relaxed.JimengDigitalHumanRequest;

    internal override string? FindProblem() =>
        PromptProblem(Prompt, 300, required: false) ?? (OutputResolution is not (null or 720 or 1080) ? "The output has 720 or 1080 lines." : null);
}
