namespace MultiModal.Runtime.Sessions;

/// <summary>One device that was considered for a session.</summary>
/// <param name="Device">The device.</param>
/// <param name="Problem">Why it was not taken, or null when it was.</param>
public sealed record DeviceAttempt(Device Device, string? Problem)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Device}: {Problem ?? "taken"}";
}
