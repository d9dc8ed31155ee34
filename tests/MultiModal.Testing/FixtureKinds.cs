using System.Text.RegularExpressions;

namespace MultiModal.Testing;

/// <summary>
/// Which kinds of reference cases are tested. A test claims a kind where it runs its cases, by the literal in
/// <c>Fixtures.Check("unet", ...)</c> or <c>Fixtures.CheckAsync</c>: what is not run cannot be claimed. What checks only a part
/// of a kind runs its cases by <c>Fixtures.CheckPart</c> or <c>CheckPartAsync</c>, and claims nothing.
/// </summary>
public static partial class FixtureKinds
{
    /// <summary>The kinds whose tests are still to be written. This list only shrinks: whoever tests a kind takes it out.</summary>
    public static IReadOnlyList<string> NotYetSupported { get; } =
    [
    ];

    /// <summary>The claims of all test projects: kinds with the files (below tests/) that run their cases.</summary>
    public static ILookup<string, string> Claims()
    {
        var tests = RepositoryFolder.PathOf("tests");
        return Directory.EnumerateDirectories(tests, "*.Tests")
            .SelectMany(project => Directory.EnumerateFiles(project, "*.cs", SearchOption.AllDirectories))
            .Where(path => !path.Split(Path.DirectorySeparatorChar).Any(folder => folder is "obj" or "bin"))
            .SelectMany(path => ClaimsIn(File.ReadAllText(path)).Select(kind => (Kind: kind, Path: Path.GetRelativePath(tests, path).Replace('\\', '/'))))
            .Distinct()
            .ToLookup(claim => claim.Kind, claim => claim.Path, StringComparer.Ordinal);
    }

    /// <summary>The kinds that a source file claims.</summary>
    /// <param name="source">C#.</param>
    public static IEnumerable<string> ClaimsIn(string source) => Claim().Matches(Comment().Replace(source, "")).Select(match => match.Groups["kind"].Value);

    [GeneratedRegex(@"\bFixtures\s*\.\s*(?:Check|CheckAsync)\s*\(\s*""(?<kind>[^""]+)""")]
    private static partial Regex Claim();

    [GeneratedRegex(@"^\s*//.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();
}
