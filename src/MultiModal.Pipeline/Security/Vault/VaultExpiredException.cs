namespace MultiModal.Pipeline.Security;

/// <summary>The recording's time is over. It cannot be read any more, whether or not it was purged yet.</summary>
/// <param name="id">The recording's identifier.</param>
/// <param name="expiresAt">When it expired.</param>
public sealed class VaultExpiredException(string id, DateTimeOffset expiresAt) : VaultException(id, $"The recording '{id}' expired at {expiresAt:u}.")
{
    /// <summary>When it expired.</summary>
    public DateTimeOffset ExpiresAt { get; } = expiresAt;
}
