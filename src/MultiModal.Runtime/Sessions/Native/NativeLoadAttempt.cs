namespace MultiModal.Runtime.Sessions;

/// <summary>One place where the native ONNX Runtime library was looked for.</summary>
/// <param name="Path">The full path.</param>
/// <param name="Error">What the system said, or null when this is the library that was loaded.</param>
public sealed record NativeLoadAttempt(string Path, string? Error)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Path}: {Error ?? "loaded"}";
}
