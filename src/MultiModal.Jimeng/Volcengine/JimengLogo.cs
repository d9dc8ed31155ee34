using System.Text.Json.Serialization;

namespace MultiModal.Jimeng.Volcengine;

/// <summary>A visible mark on the result.</summary>
public sealed record JimengLogo
{
    /// <summary>Whether the mark is added.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool AddLogo { get; init; } = true;

    /// <summary>The corner: 0 bottom right, 1 bottom left, 2 top left, 3 top right.</summary>
    public int Position { get; init; }

    /// <summary>The language of the mark: 0 Chinese, 1 English.</summary>
    public int Language { get; init; }

    /// <summary>The opacity, 0 to 1.</summary>
    public double? Opacity { get; init; }

    /// <summary>The text of the mark.</summary>
    [JsonPropertyName("logo_text_content")]
    public string? Text { get; init; }
}
