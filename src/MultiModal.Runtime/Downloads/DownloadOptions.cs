namespace MultiModal.Runtime.Downloads;

/// <summary>Where files are downloaded from, and how patiently.</summary>
public sealed record DownloadOptions
{
    static readonly Uri Hub = new("https://huggingface.co");

    /// <summary>
    /// The hub that files named by repository come from; https://huggingface.co by default, or what the environment variable HF_ENDPOINT names,
    /// as Hugging Face's own tools have it.
    /// </summary>
    public Uri Endpoint { get; init; } = Uri.TryCreate(Environment.GetEnvironmentVariable("HF_ENDPOINT"), UriKind.Absolute, out var address) ? address : Hub;

    /// <summary>Other hubs with the same paths, asked in this order where the one before does not deliver. None by default.</summary>
    public IReadOnlyList<Uri> Mirrors { get; init; } = [];

    /// <summary>A token for repositories that need one, sent to <see cref="Endpoint"/> alone. Null by default.</summary>
    public string? Token { get; init; }

    /// <summary>How often each source is asked before the next one is, when the connection breaks or the server is busy; 5 by default, at least 1.</summary>
    public int Attempts { get; init; } = 5;

    /// <summary>The pause before the second attempt; it doubles with each, up to a minute. A second by default.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long nothing may arrive before an attempt counts as failed; 30 s by default.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What is larger is refused, in bytes; 64 GB by default.</summary>
    public long MaximumLength { get; init; } = 64L << 30;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Attempts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(RetryDelay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(StallTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaximumLength, 1);
        foreach (var address in (Uri[])[Endpoint, .. Mirrors])
            if (!address.IsAbsoluteUri || address.Scheme is not ("https" or "http")) throw new ArgumentException($"'{address}' is no address of a server.");
    }
}
