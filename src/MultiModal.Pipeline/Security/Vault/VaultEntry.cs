namespace MultiModal.Pipeline.Security;

/// <summary>A recording in a vault.</summary>
/// <param name="Id">Its identifier, made by the vault.</param>
/// <param name="Length">Bytes of the recording in plain.</param>
/// <param name="CreatedAt">When it was stored.</param>
/// <param name="ExpiresAt">From when on it cannot be read any more.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="Labels">What was said of it.</param>
/// <param name="MasterKeyId">The master key it is under.</param>
public sealed record VaultEntry(
    string Id, long Length, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, string ContentType, IReadOnlyDictionary<string, string> Labels, string MasterKeyId)
{
    /// <summary>Without labels: they may name people.</summary>
    public override string ToString() => $"recording '{Id}', {Length} bytes, expires {ExpiresAt:u}";
}
