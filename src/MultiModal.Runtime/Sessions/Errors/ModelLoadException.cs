namespace MultiModal.Runtime.Sessions;

/// <summary>ONNX Runtime refused a model.</summary>
public sealed class ModelLoadException : MultiModalException
{
    internal ModelLoadException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
