using MultiModal.Audio;
using MultiModal.Images;

namespace MultiModal.Pipeline.Ready;

/// <summary>A text that was told: spoken and illustrated.</summary>
/// <param name="Text">The text.</param>
/// <param name="Speech">The text, spoken.</param>
/// <param name="Illustration">The picture to it.</param>
public sealed record Story(string Text, AudioClip Speech, Illustration Illustration);

/// <summary>A picture to a text, and how well it fits.</summary>
/// <param name="Image">The picture.</param>
/// <param name="Caption">What the picture shows, in the describer's words.</param>
/// <param name="Match">How much of the text is in the caption, 0 to 1; see <see cref="CaptionMatch"/>.</param>
/// <param name="Attempts">How many pictures were drawn; the one that fits best was kept.</param>
public sealed record Illustration(ImageBuffer Image, string Caption, double Match, int Attempts);
