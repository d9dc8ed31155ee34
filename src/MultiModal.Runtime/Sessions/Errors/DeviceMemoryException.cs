namespace MultiModal.Runtime.Sessions;

/// <summary>The device, or the machine, has not enough memory for a network or a run of it.</summary>
public sealed class DeviceMemoryException : MultiModalException
{
    internal DeviceMemoryException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
