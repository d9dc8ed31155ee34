using MultiModal.Audio;
using MultiModal.Images;

namespace MultiModal.Pipeline.Ready;

/// <summary>A picture of what was said.</summary>
/// <param name="Speech">What was said, as sound.</param>
public sealed record SpeechPicture(AudioClip Speech)
{
    /// <summary>What was said, as text.</summary>
    public string Text { get; init; } = "";

    /// <summary>What was drawn.</summary>
    public string Prompt { get; init; } = "";

    /// <summary>The picture.</summary>
    public ImageBuffer Image { get; init; } = Nothing;

    /// <summary>What the picture shows, in the describer's words.</summary>
    public string Caption { get; init; } = "";

    static ImageBuffer Nothing { get; } = new(1, 1);
}
