namespace MultiModal.Pipeline.Security;

/// <summary>What is said of a recording when it is stored. All of it is encrypted but the time it expires at.</summary>
public sealed record VaultSaveOptions
{
    /// <summary>How long it can be read.</summary>
    /// <value>The default value is <see langword="null"/>: the vault's own lifetime.</value>
    public TimeSpan? Lifetime { get; init; }

    /// <summary>Its media type.</summary>
    /// <value>The default value is audio/wav.</value>
    public string ContentType { get; init; } = "audio/wav";

    /// <summary>Anything else to be found again: whose voice it is, for what it was given. Up to 64 entries of 1,000 characters.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
}
