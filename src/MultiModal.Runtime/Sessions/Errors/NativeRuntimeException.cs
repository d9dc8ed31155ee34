namespace MultiModal.Runtime.Sessions;

/// <summary>The native ONNX Runtime library could not be loaded, or is of a version this library cannot work with.</summary>
public sealed class NativeRuntimeException : MultiModalException
{
    internal NativeRuntimeException(string message, IReadOnlyList<NativeLoadAttempt> attempts, Exception? innerException = null)
        : base(message, innerException) => Attempts = attempts;

    /// <summary>Each path that was tried, in order, and what came of it.</summary>
    public IReadOnlyList<NativeLoadAttempt> Attempts { get; }
}
