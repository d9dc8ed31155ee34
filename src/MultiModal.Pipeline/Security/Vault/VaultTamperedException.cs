namespace MultiModal.Pipeline.Security;

/// <summary>What is stored is not what was written: changed, cut short, lengthened, or another recording's. Nothing after the last good chunk was given out.</summary>
/// <param name="id">The recording's identifier.</param>
/// <param name="part">Which part failed its check: "key record", "header", or "chunk 3".</param>
/// <param name="innerException">The error that showed it.</param>
public sealed class VaultTamperedException(string id, string part, Exception? innerException = null)
    : VaultException(id, $"The recording '{id}' fails its check at the {part}: it was changed, cut short or exchanged after it was stored. Restore it from a backup or delete it.", innerException)
{
    /// <summary>Which part failed its check: "key record", "header", or "chunk 3".</summary>
    public string Part { get; } = part;
}
