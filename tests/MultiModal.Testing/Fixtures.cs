using System.Text.Json;
using Xunit;

namespace MultiModal.Testing;

/// <summary>The reference cases: folders with a case.json, found by their kind.</summary>
/// <remarks>
/// The root is MULTIMODAL_FIXTURES where that is set, else a folder Fixtures beside the test assembly, else tests/Fixtures of the
/// repository. What a root lacks is not there: a kind without cases has nothing to check.
/// </remarks>
public static class Fixtures
{
    static readonly Lazy<string> root = new(FindRoot);

    /// <summary>The folder that holds the cases and models.</summary>
    public static string Root => root.Value;

    /// <summary>Every case below the root, in the order of their paths.</summary>
    public static IEnumerable<FixtureCase> AllCases() =>
        Directory.EnumerateFiles(Root, "case.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(FixtureCase.Read);

    /// <summary>The cases of one kind.</summary>
    /// <param name="kind">The kind, as in the fixtures' README.</param>
    public static IEnumerable<FixtureCase> CasesOf(string kind) => AllCases().Where(fixture => fixture.Kind == kind);

    /// <summary>The file of that path below the root.</summary>
    /// <param name="relative">The path, with slashes.</param>
    public static string PathOf(string relative) => Path.Combine(Root, relative);

    /// <summary>Files below the root by the end of their names, in the order of their paths.</summary>
    /// <param name="endings">Such as ".safetensors".</param>
    public static IEnumerable<string> FilesEndingWith(params string[] endings) =>
        Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories)
            .Where(path => endings.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase)))
            .Order(StringComparer.Ordinal);

    /// <summary>Runs a check on every case of a kind and fails, after all of them, with what failed in which.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="check">What a case must satisfy.</param>
    public static void Check(string kind, Action<FixtureCase> check) =>
        CheckAsync(kind, fixture =>
        {
            check(fixture);
            return Task.CompletedTask;
        }).GetAwaiter().GetResult();

    /// <summary>As <see cref="Check"/>, for less than all that the kind says of its cases: it leaves the kind unclaimed.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="check">What a case must satisfy.</param>
    public static void CheckPart(string kind, Action<FixtureCase> check) => Check(kind, check);

    /// <inheritdoc cref="CheckPart"/>
    public static Task CheckPartAsync(string kind, Func<FixtureCase, Task> check) => CheckAsync(kind, check);

    /// <inheritdoc cref="Check"/>
    public static async Task CheckAsync(string kind, Func<FixtureCase, Task> check)
    {
        var failures = new List<string>();
        var count = 0;
        foreach (var fixture in CasesOf(kind))
        {
            count++;
            try
            {
                await check(fixture);
            }
            catch (Exception error)
            {
                failures.Add($"{fixture.Name}: {error}");
            }
        }

        if (failures.Count > 0)
            Assert.Fail($"{failures.Count} of {count} cases of kind {kind} fail.\n{string.Join("\n", failures)}");
    }

    static string FindRoot()
    {
        var given = Environment.GetEnvironmentVariable("MULTIMODAL_FIXTURES");
        if (!string.IsNullOrEmpty(given))
            return Directory.Exists(given) ? Path.GetFullPath(given) : throw new DirectoryNotFoundException($"MULTIMODAL_FIXTURES names no folder: {given}");
        var beside = Path.Combine(AppContext.BaseDirectory, "Fixtures");
        if (Directory.Exists(beside))
            return beside;
        if (RepositoryFolder.Find() is { } repository)
            return Path.Combine(repository, "tests", "Fixtures");
        throw new DirectoryNotFoundException("The fixtures are neither beside the tests nor in a repository around them; set MULTIMODAL_FIXTURES.");
    }
}
