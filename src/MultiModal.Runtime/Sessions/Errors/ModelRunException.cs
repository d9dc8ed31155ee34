namespace MultiModal.Runtime.Sessions;

/// <summary>ONNX Runtime failed while it ran a model.</summary>
public sealed class ModelRunException : MultiModalException
{
    internal ModelRunException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
