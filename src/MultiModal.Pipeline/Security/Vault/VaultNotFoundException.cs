namespace MultiModal.Pipeline.Security;

/// <summary>There is no such recording: it was never stored, was deleted, or is not stored to its end yet.</summary>
/// <param name="id">The recording's identifier.</param>
public sealed class VaultNotFoundException(string id) : VaultException(id, $"The vault has no recording '{id}'. It was deleted, purged after it expired, or never stored to its end.");
