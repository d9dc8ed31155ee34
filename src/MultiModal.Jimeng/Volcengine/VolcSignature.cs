namespace MultiModal.Jimeng.Volcengine;

/// <summary>A signature and the steps to it.</summary>
internal sealed record VolcSignature
{
    public required string CanonicalRequest { get; init; }

    public required string CanonicalQuery { get; init; }

    public required string StringToSign { get; init; }

    public required string Signature { get; init; }

    public required string SignedHeaders { get; init; }

    public required string PayloadHash { get; init; }

    public required string Date { get; init; }

    public required string Authorization { get; init; }

    /// <summary>The headers to send, without Authorization.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; }
}
