namespace MultiModal.Voice.Training.Networks;

/// <summary>The dimensions of the discriminators. The defaults are those of So-VITS-SVC, which no config tells.</summary>
public sealed record DiscriminatorConfig
{
    /// <summary>So-VITS-SVC's: 46.75 million parameters.</summary>
    public static DiscriminatorConfig Original { get; } = new();

    /// <summary>Small ones, for small generators: a sixteenth of the channels, three periods.</summary>
    public static DiscriminatorConfig Small { get; } = new() { Periods = [2, 3, 5], ChannelDivisor = 16 };

    /// <summary>The periods by which the sound is folded; one discriminator each.</summary>
    public IReadOnlyList<int> Periods { get; init; } = [2, 3, 5, 7, 11];

    /// <summary>By what the original's channels are divided; 1 by default. At least 4 channels are left.</summary>
    public int ChannelDivisor { get; init; } = 1;

    internal int Channels(int original) => Math.Max(4, original / ChannelDivisor);
}
