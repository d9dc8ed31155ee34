using System.Globalization;
using Xunit;

namespace MultiModal.Testing.Fuzzing;

/// <summary>
/// Reads many damaged files. Each must be read, or refused with one of the SDK's own errors that names the file, within 200 MB of
/// allocations.
/// </summary>
/// <remarks>
/// The environment variable MULTIMODAL_FUZZ says how many files of a kind; a few hundred by default. MULTIMODAL_FUZZ_SEED is added to
/// every seed, so that another number means other files. A failure names the seed of the file, and <see cref="Run"/> with that seed
/// makes it again.
/// </remarks>
public static class FuzzRun
{
    const long AllocationLimit = 200L << 20;

    /// <summary>How many damaged files of a kind to try.</summary>
    /// <param name="byDefault">How many when MULTIMODAL_FUZZ is not set.</param>
    public static int Count(int byDefault = 300) => Variable("MULTIMODAL_FUZZ") ?? byDefault;

    /// <summary>Damages files and reads them.</summary>
    /// <param name="fileName">What each file is called; its ending may matter.</param>
    /// <param name="originals">Good files. Small ones: they are damaged as a whole, each in its turn.</param>
    /// <param name="read">Reads a file to its last byte. Beside it lie whatever else <paramref name="prepare"/> put there.</param>
    /// <param name="seed">The seed of the first file; file i has seed + i.</param>
    /// <param name="prepare">Puts files beside the damaged one, once.</param>
    /// <param name="wrap">
    /// Makes a file of an original: for damage to one part of a format, with lengths and checksums around it right. The originals are
    /// files themselves by default.
    /// </param>
    /// <param name="byDefault">How many where MULTIMODAL_FUZZ is not set.</param>
    public static void Run(
        string fileName,
        IReadOnlyList<byte[]> originals,
        Action<string> read,
        int seed = 1,
        Action<TemporaryFolder>? prepare = null,
        Func<byte[], byte[]>? wrap = null,
        int byDefault = 300)
    {
        wrap ??= part => part;
        using var folder = new TemporaryFolder();
        prepare?.Invoke(folder);
        foreach (var original in originals)
            read(folder.Write(fileName, wrap(original)));

        var count = Count(byDefault);
        seed += Variable("MULTIMODAL_FUZZ_SEED") ?? 0;
        for (var i = 0; i < count; i++)
        {
            var mutator = new Mutator(seed + i);
            var bytes = wrap(mutator.Mutate(originals[i % originals.Count], originals[(i + 1) % originals.Count]));
            var path = folder.Write(fileName, bytes);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var problem = Try(read, path, fileName);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (problem is null && allocated > AllocationLimit)
                problem = $"{allocated >> 20} MB were allocated";
            if (problem is not null)
                Assert.Fail($"{fileName}, seed {seed + i}, original {i % originals.Count}, {bytes.Length} bytes: {problem}.");
        }
    }

    static int? Variable(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;

    static string? Try(Action<string> read, string path, string fileName)
    {
        try
        {
            read(path);
            return null;
        }
        catch (MultiModalException error)
        {
            return error.Message.Contains(fileName, StringComparison.Ordinal) ? null : $"the error does not name the file: {error.Message}";
        }
        catch (Exception error)
        {
            return $"{error}";
        }
    }
}
