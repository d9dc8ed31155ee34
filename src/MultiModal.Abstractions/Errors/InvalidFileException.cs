namespace MultiModal;

/// <summary>A file is damaged, of another format, or holds what its format forbids. Nothing of it was used.</summary>
public sealed class InvalidFileException : MultiModalException
{
    /// <summary>Makes the error for one file.</summary>
    /// <param name="file">The file's path, or a name for a stream that has none.</param>
    /// <param name="problem">What is wrong, in one sentence.</param>
    /// <param name="location">Where in the file: a key, an offset, a line. Null when it is the file as a whole.</param>
    /// <param name="remedy">What the reader can do about it. Null when there is nothing but another file.</param>
    /// <param name="innerException">The error that showed it.</param>
    public InvalidFileException(string file, string problem, string? location = null, string? remedy = null, Exception? innerException = null)
        : base(Describe(file, problem, location, remedy), innerException)
    {
        File = file;
        Problem = problem;
        Location = location;
    }

    /// <summary>The file's path, or the name given to a stream.</summary>
    public string File { get; }

    /// <summary>What is wrong with it.</summary>
    public string Problem { get; }

    /// <summary>Where in the file (a key, an offset, a line), or null when it is the file as a whole.</summary>
    public string? Location { get; }

    static string Describe(string file, string problem, string? location, string? remedy)
    {
        var text = location is null ? $"{file}: {problem}" : $"{file}, {location}: {problem}";
        return remedy is null ? text : $"{text} {remedy}";
    }
}
