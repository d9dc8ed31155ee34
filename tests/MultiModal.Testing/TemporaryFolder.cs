namespace MultiModal.Testing;

/// <summary>A folder for one test, deleted with all it holds.</summary>
public sealed class TemporaryFolder : IDisposable
{
    /// <summary>Makes the folder.</summary>
    public TemporaryFolder() => Path = Directory.CreateTempSubdirectory("multimodal-").FullName;

    /// <summary>The folder's path.</summary>
    public string Path { get; }

    /// <summary>The path of a file in the folder.</summary>
    /// <param name="name">The file's name.</param>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a file into the folder.</summary>
    /// <param name="name">The file's name.</param>
    /// <param name="bytes">What it holds.</param>
    /// <returns>Its path.</returns>
    public string Write(string name, ReadOnlySpan<byte> bytes)
    {
        var path = File(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllBytes(path, bytes);
        return path;
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
