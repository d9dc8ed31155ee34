namespace MultiModal.Runtime.Sessions;

/// <summary>The device asked for is not to be had: its provider is not in the native library, or refused to start.</summary>
public sealed class DeviceUnavailableException : MultiModalException
{
    internal DeviceUnavailableException(string message, IReadOnlyList<DeviceAttempt> attempts, Exception? innerException = null)
        : base(message, innerException) => Attempts = attempts;

    /// <summary>Each device that was tried, in order, and why it was not taken.</summary>
    public IReadOnlyList<DeviceAttempt> Attempts { get; }
}
