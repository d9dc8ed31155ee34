using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace MultiModal.Runtime.Sessions;

/// <summary>Loads the native ONNX Runtime library once for the process, by full path, and points the managed wrapper at it.</summary>
/// <remarks>
/// The wrapper left alone asks the system for the bare name first, which on Windows finds an old copy in System32, and fails in a
/// static constructor with a list of guesses. Here each path is tried in order and remembered with the system's answer.
/// </remarks>
static unsafe class NativeLibraryLoader
{
    /// <summary>The oldest ONNX Runtime whose table of functions has all that the managed wrapper asks for.</summary>
    const uint RequiredApi = 25;

    /// <summary>Loads the library, checks its version and installs the resolver. Call it once.</summary>
    /// <exception cref="NativeRuntimeException">No file could be loaded, or the version does not fit.</exception>
    public static LoadedLibrary Load(string? configured)
    {
        var candidates = NativeLibraryLocator.Candidates(
            configured, AppContext.BaseDirectory, AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string);
        var (handle, attempts) = TryAll(candidates, NativeLibrary.Load);
        if (handle == 0)
            throw NotFound(attempts, configured);
        var path = attempts[^1].Path;
        var version = CheckVersion(handle, path, attempts);
        var note = InstallResolver(handle);
        return new(path, version, attempts, note);
    }

    /// <summary>Tries paths in order until one loads.</summary>
    public static (nint Handle, IReadOnlyList<NativeLoadAttempt> Attempts) TryAll(IReadOnlyList<string> candidates, Func<string, nint> load)
    {
        var attempts = new List<NativeLoadAttempt>();
        foreach (var path in candidates)
        {
            if (!File.Exists(path))
            {
                attempts.Add(new(path, "there is no such file"));
                continue;
            }

            try
            {
                var handle = load(path);
                attempts.Add(new(path, null));
                return (handle, attempts);
            }
            catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
            {
                attempts.Add(new(path, OneLine(error.Message)));
            }
        }

        return (0, attempts);
    }

    public static NativeRuntimeException NotFound(IReadOnlyList<NativeLoadAttempt> attempts, string? configured)
    {
        var tried = string.Concat(attempts.Select(attempt => $"{Environment.NewLine}  {attempt}"));
        var remedy = configured is null
            ? $"Add the package {NativeLibraryLocator.Package} (or Microsoft.ML.OnnxRuntime.Gpu for CUDA) to the application, or set RuntimeOptions.NativeLibraryPath."
            : "RuntimeOptions.NativeLibraryPath must name the library or its folder.";
        return new($"The native ONNX Runtime library for {NativeLibraryLocator.RuntimeIdentifier} could not be loaded. {remedy} Tried:{tried}", attempts);
    }

    static string CheckVersion(nint handle, string path, IReadOnlyList<NativeLoadAttempt> attempts)
    {
        if (!NativeLibrary.TryGetExport(handle, "OrtGetApiBase", out var getBase))
            throw new NativeRuntimeException($"{path} is not an ONNX Runtime library: it has no OrtGetApiBase.", attempts);
        // struct OrtApiBase { const OrtApi* (*GetApi)(uint32_t version); const char* (*GetVersionString)(); }
        var apiBase = ((delegate* unmanaged<void**>)getBase)();
        var version = Marshal.PtrToStringUTF8((nint)((delegate* unmanaged<byte*>)apiBase[1])()) ?? "unknown";
        // GetApi of a version the library does not know prints a line to stderr, so the number is compared first.
        if (!Version.TryParse(version.Split('-', '+')[0], out var parsed) || parsed.Major != 1 || parsed.Minor < RequiredApi)
        {
            var managed = typeof(OrtEnv).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
            throw new NativeRuntimeException(
                $"{path} is ONNX Runtime {version}; the managed wrapper (Microsoft.ML.OnnxRuntime.Managed {managed}) needs 1.{RequiredApi} or newer of major version 1. "
                + "Reference the native and the managed package in the same version.",
                attempts);
        }

        return version;
    }

    static string? InstallResolver(nint handle)
    {
        OrtEnv.DisableDllImportResolver = true;
        try
        {
            NativeLibrary.SetDllImportResolver(
                typeof(OrtEnv).Assembly, (name, _, _) => name.Contains("onnxruntime", StringComparison.OrdinalIgnoreCase) ? handle : 0);
            return null;
        }
        catch (InvalidOperationException)
        {
            return "Another part of the program resolves ONNX Runtime's native library; what it chose may be another file.";
        }
    }

    static string OneLine(string text) => string.Join(' ', text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
}
