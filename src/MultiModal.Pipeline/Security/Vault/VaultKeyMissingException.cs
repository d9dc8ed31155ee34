namespace MultiModal.Pipeline.Security;

/// <summary>The master key that a recording's key is wrapped by is not at hand.</summary>
/// <param name="id">The recording's identifier.</param>
/// <param name="keyId">The master key's identifier.</param>
public sealed class VaultKeyMissingException(string id, string keyId)
    : VaultException(id, $"The recording '{id}' is under the master key '{keyId}', which is not among the keys given. Keep old keys until RewrapAsync has moved every recording to the new one.")
{
    /// <summary>The master key's identifier.</summary>
    public string KeyId { get; } = keyId;
}
