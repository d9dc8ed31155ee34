using MultiModal.Runtime.Sessions;

namespace MultiModal.Runtime.Tests.Sessions;

[Collection(SessionCollection.Name)]
public sealed class NativeLibraryTests
{
    [Fact]
    public void A_configured_file_is_the_only_candidate()
    {
        var file = Path.Combine(Path.GetTempPath(), "elsewhere", NativeLibraryLocator.FileName);
        Assert.Equal([file], NativeLibraryLocator.Candidates(file, AppContext.BaseDirectory, null));
    }

    [Fact]
    public void A_configured_folder_is_looked_into()
    {
        var candidates = NativeLibraryLocator.Candidates(Path.GetTempPath(), AppContext.BaseDirectory, null);
        Assert.Equal(Path.Combine(Path.GetTempPath(), NativeLibraryLocator.FileName), candidates[0]);
        Assert.All(candidates, path => Assert.StartsWith(Path.GetTempPath(), path, StringComparison.Ordinal));
    }

    [Fact]
    public void Candidates_are_full_paths_each_once()
    {
        var candidates = NativeLibraryLocator.Candidates(
            null, AppContext.BaseDirectory, string.Join(Path.PathSeparator, AppContext.BaseDirectory, Path.GetTempPath()));
        Assert.All(candidates, path => Assert.True(Path.IsPathFullyQualified(path), path));
        Assert.Equal(candidates.Distinct(), candidates);
        Assert.Contains(Path.Combine(Path.GetTempPath(), NativeLibraryLocator.FileName), candidates);
        Assert.Contains(candidates, path => path.Contains($"runtimes{Path.DirectorySeparatorChar}{NativeLibraryLocator.RuntimeIdentifier}", StringComparison.Ordinal));
    }

    [Fact]
    public void What_could_not_be_loaded_is_listed_with_the_reason_and_the_package()
    {
        var broken = Path.GetTempFileName();
        try
        {
            File.WriteAllText(broken, "not a library");
            var missing = broken + ".missing";
            var (handle, attempts) = NativeLibraryLoader.TryAll([missing, broken], System.Runtime.InteropServices.NativeLibrary.Load);
            Assert.Equal(0, handle);
            var message = NativeLibraryLoader.NotFound(attempts, configured: null).Message;
            Assert.Contains($"{missing}: there is no such file", message, StringComparison.Ordinal);
            Assert.Contains(broken, message, StringComparison.Ordinal);
            Assert.False(string.IsNullOrWhiteSpace(attempts[1].Error));
            Assert.Contains(NativeLibraryLocator.RuntimeIdentifier, message, StringComparison.Ordinal);
            Assert.Contains("Microsoft.ML.OnnxRuntime", message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(broken);
        }
    }

    [Fact]
    public void The_loaded_library_is_known_by_full_path_and_version()
    {
        var info = OnnxRuntimeInfo.Load();
        Assert.True(File.Exists(info.LibraryPath), info.LibraryPath);
        Assert.StartsWith("1.", info.Version, StringComparison.Ordinal);
        Assert.Contains("CPUExecutionProvider", info.Providers);
        Assert.Equal(info.LibraryPath, info.Attempts[^1].Path);
        Assert.Null(info.Attempts[^1].Error);
        Assert.Contains(info.Version, OnnxRuntimeInfo.Describe(), StringComparison.Ordinal);
    }
}
