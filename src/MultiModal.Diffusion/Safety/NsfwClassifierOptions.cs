using MultiModal.Runtime.Sessions;

namespace MultiModal.Diffusion.Safety;

/// <summary>When a picture counts as unsafe.</summary>
public sealed class NsfwClassifierOptions
{
    /// <summary>From what probability on a class of <see cref="Unsafe"/>, or all of them together, makes a picture unsafe: 0 to 1.</summary>
    /// <value>The default value is 0.8.</value>
    public double Threshold { get; set; } = 0.8;

    /// <summary>The classes that count.</summary>
    /// <value>The default value is Porn and Hentai. "Sexy" (light clothing) is reported, and does not count unless it is added.</value>
    public IReadOnlyList<string> Unsafe { get; set; } = ["Porn", "Hentai"];

    /// <summary>Where and how it runs.</summary>
    public RuntimeOptions Runtime { get; set; } = new();
}
