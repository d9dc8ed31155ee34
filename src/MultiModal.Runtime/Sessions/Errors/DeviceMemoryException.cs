namespace MultiModal.Runtime.Sessions;

/// <summary>The device, or the machine, has not enough memory for a network or a run of it.</summary>
public sealed class DeviceMemoryException : MultiModalException
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What there was not enough memory for, and what to do.</param>
    /// <param name="innerException">The error that showed it.</param>
    public DeviceMemoryException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
