using System.Runtime.InteropServices;

namespace MultiModal.Runtime.Sessions;

/// <summary>Where the native ONNX Runtime library may be, most particular place first.</summary>
static class NativeLibraryLocator
{
    public static string FileName =>
        OperatingSystem.IsWindows() ? "onnxruntime.dll" : OperatingSystem.IsMacOS() ? "libonnxruntime.dylib" : "libonnxruntime.so";

    /// <summary>The runtime identifier NuGet packages use for this machine, such as linux-x64.</summary>
    public static string RuntimeIdentifier
    {
        get
        {
            var system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
            return $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        }
    }

    /// <summary>The package that brings the library for this machine.</summary>
    public static string Package => "Microsoft.ML.OnnxRuntime";

    /// <summary>Lists the full paths to try.</summary>
    /// <param name="configured">The file or folder from the options; when it is given, nothing else is tried.</param>
    /// <param name="baseDirectory">The program's folder.</param>
    /// <param name="searchDirectories">
    /// The host's NATIVE_DLL_SEARCH_DIRECTORIES: where the packages of a program that was not published have their libraries.
    /// </param>
    public static IReadOnlyList<string> Candidates(string? configured, string baseDirectory, string? searchDirectories)
    {
        if (!string.IsNullOrEmpty(configured))
        {
            var full = Path.GetFullPath(configured);
            return Directory.Exists(full)
                ? [Path.Combine(full, FileName), Path.Combine(full, "runtimes", RuntimeIdentifier, "native", FileName)]
                : [full];
        }

        var places = new List<string>
        {
            Path.Combine(baseDirectory, "runtimes", RuntimeIdentifier, "native"),
            baseDirectory,
        };
        if (searchDirectories is not null)
            places.AddRange(searchDirectories.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries));
        // A single-file program that extracts its libraries has them beside the managed assembly.
        if (RuntimeInformation.RuntimeIdentifier is { Length: > 0 } exact && exact != RuntimeIdentifier)
            places.Add(Path.Combine(baseDirectory, "runtimes", exact, "native"));
        return [.. places.Select(place => Path.GetFullPath(Path.Combine(place, FileName))).Distinct(StringComparer.Ordinal)];
    }
}
