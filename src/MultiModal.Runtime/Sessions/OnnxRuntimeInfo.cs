namespace MultiModal.Runtime.Sessions;

/// <summary>The ONNX Runtime of this process: which file was loaded, what was tried, what it can do.</summary>
public sealed class OnnxRuntimeInfo
{
    OnnxRuntimeInfo(OrtEnvironment environment) => Environment = environment;

    /// <summary>The native library's full path.</summary>
    public string LibraryPath => Environment.Library.Path;

    /// <summary>The native library's version, such as "1.29.0".</summary>
    public string Version => Environment.Library.Version;

    /// <summary>Each path that was tried, in order; the last one was loaded.</summary>
    public IReadOnlyList<NativeLoadAttempt> Attempts => Environment.Library.Attempts;

    /// <summary>The execution providers in the library, by ONNX Runtime's names.</summary>
    public IReadOnlyList<string> Providers => Environment.Providers;

    /// <summary>Threads of the pool that sessions share, the calling thread included.</summary>
    public int Threads => Environment.Threads;

    OrtEnvironment Environment { get; }

    /// <summary>Loads ONNX Runtime if no session has done so yet.</summary>
    /// <param name="options">Where to look and how many threads to make; used by the first call of the process only.</param>
    /// <exception cref="NativeRuntimeException">The native library could not be loaded.</exception>
    public static OnnxRuntimeInfo Load(RuntimeOptions? options = null) => new(OrtEnvironment.Get(options ?? new()));

    /// <summary>What an issue report should begin with. Never throws: when loading fails, the text says how.</summary>
    /// <param name="options">As for <see cref="Load"/>.</param>
    public static string Describe(RuntimeOptions? options = null)
    {
        try
        {
            return Load(options).ToString();
        }
        catch (NativeRuntimeException error)
        {
            return error.Message;
        }
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        List<string> lines =
        [
            $"ONNX Runtime {Version} from {LibraryPath}",
            $"Machine: {NativeLibraryLocator.RuntimeIdentifier}, {System.Environment.ProcessorCount} processors for this process",
            $"Shared pool: {Threads} threads, {(Environment.Spin ? "spinning" : "sleeping")} while idle",
            $"Providers: {string.Join(", ", Providers)}",
        ];
        if (Environment.Library.Note is { } note)
            lines.Add(note);
        lines.Add("Tried:");
        lines.AddRange(Attempts.Select(attempt => $"  {attempt}"));
        return string.Join(System.Environment.NewLine, lines);
    }
}
