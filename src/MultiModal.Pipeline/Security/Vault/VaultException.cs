namespace MultiModal.Pipeline.Security;

/// <summary>A recording of a vault cannot be had; the kinds say why.</summary>
/// <param name="id">The recording's identifier.</param>
/// <param name="message">What was wrong and what to do.</param>
/// <param name="innerException">The error that showed it.</param>
public abstract class VaultException(string id, string message, Exception? innerException = null) : MultiModalException(message, innerException)
{
    /// <summary>The recording's identifier.</summary>
    public string Id { get; } = id;
}
