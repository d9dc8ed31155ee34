namespace MultiModal.Runtime.Sessions;

/// <summary>The device a session runs on, and what was considered on the way to it.</summary>
/// <param name="Device">The device taken.</param>
/// <param name="Attempts">All that was considered, in order; the last one was taken.</param>
public sealed record DeviceSelection(Device Device, IReadOnlyList<DeviceAttempt> Attempts)
{
    /// <inheritdoc/>
    public override string ToString() => string.Join("; ", Attempts);
}
