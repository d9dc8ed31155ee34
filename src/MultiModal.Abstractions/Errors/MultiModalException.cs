namespace MultiModal;

/// <summary>The root of every error this SDK raises on purpose. Its message says what was wrong, where, and what to do.</summary>
public abstract class MultiModalException : Exception
{
    /// <summary>Makes an error with a message and, where there is one, its cause.</summary>
    /// <param name="message">What was wrong, where, and what to do.</param>
    /// <param name="innerException">The error that caused this one.</param>
    protected MultiModalException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
