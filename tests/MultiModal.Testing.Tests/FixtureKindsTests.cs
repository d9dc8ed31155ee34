using System.Text.RegularExpressions;

namespace MultiModal.Testing.Tests;

public sealed partial class FixtureKindsTests
{
    static readonly ILookup<string, string> claims = FixtureKinds.Claims();

    [Fact]
    public void Every_case_is_of_a_kind_that_is_tested_or_listed_as_not_yet_supported()
    {
        var unknown = Fixtures.AllCases().Where(fixture => !IsKnown(fixture.Kind)).Select(fixture => $"{fixture.Name} ({fixture.Kind})").ToList();
        Assert.True(unknown.Count == 0, $"No test knows the kind of {unknown.Count} cases: {string.Join(", ", unknown)}");
    }

    [Fact]
    public void Every_kind_that_the_fixtures_describe_is_known()
    {
        var text = File.ReadAllText(RepositoryFolder.PathOf("tests/Fixtures/README.md"));
        var kinds = TableRow().Matches(text[text.IndexOf("## kinds", StringComparison.Ordinal)..])
            .SelectMany(match => match.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries))
            .Where(kind => kind != "kind")
            .ToList();
        Assert.Contains("unet", kinds);
        Assert.All(kinds, kind => Assert.True(IsKnown(kind), $"No test knows the kind {kind}."));
    }

    [Fact]
    public void No_kind_is_both_tested_and_listed_as_not_yet_supported()
    {
        var both = FixtureKinds.NotYetSupported.Where(claims.Contains).Select(kind => $"{kind} (in {string.Join(", ", claims[kind])})").ToList();
        Assert.True(both.Count == 0, $"Tested now, so to be taken out of FixtureKinds.NotYetSupported: {string.Join("; ", both)}");
        Assert.Distinct(FixtureKinds.NotYetSupported);
    }

    [Fact]
    public void Tests_that_run_the_cases_of_a_kind_carry_the_trait_Parity()
    {
        var files = claims.SelectMany(kind => kind).Distinct().Where(path => !path.StartsWith("MultiModal.Testing.Tests/", StringComparison.Ordinal));
        Assert.All(files, path => Assert.Contains("[Trait(\"Category\", \"Parity\")]", File.ReadAllText(RepositoryFolder.PathOf("tests/" + path)), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Fixtures.Check(\"a-kind\", fixture => { })", "a-kind")]
    [InlineData("await Fixtures\n    .CheckAsync(\n        \"b\", async fixture => await X())", "b")]
    public void Running_the_cases_of_a_kind_claims_it(string source, string kind) => Assert.Equal([kind], FixtureKinds.ClaimsIn(source));

    [Theory]
    [InlineData("// Fixtures.Check(\"a\", fixture => { })")]
    [InlineData("var kind = \"a\";")]
    [InlineData("MyFixtures.Check(\"a\")")]
    [InlineData("Fixtures.CheckPart(\"a\", fixture => { })")]
    [InlineData("foreach (var fixture in Fixtures.CasesOf(\"a\"))")]
    public void Speaking_of_a_kind_does_not_claim_it(string source) => Assert.Empty(FixtureKinds.ClaimsIn(source));

    static bool IsKnown(string kind) => claims.Contains(kind) || FixtureKinds.NotYetSupported.Contains(kind);

    [GeneratedRegex(@"^\| ([a-z0-9, -]+) \|", RegexOptions.Multiline)]
    private static partial Regex TableRow();
}
