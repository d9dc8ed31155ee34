using System.Reflection;
using Xunit;

namespace MultiModal.Testing.PublicApi;

/// <summary>Compares a library's public surface with the listing committed beside its tests, so that a change of it is a visible diff.</summary>
public static class PublicSurface
{
    const string UpdateVariable = "MULTIMODAL_UPDATE_API";

    /// <summary>Fails unless tests/LIBRARY.Tests/PublicApi.txt is the listing of the library. Writes the file where MULTIMODAL_UPDATE_API is 1.</summary>
    /// <param name="library">The library's name, such as "MultiModal.Runtime".</param>
    public static void Check(string library)
    {
        var actual = ApiListing.Of(Assembly.Load(library));
        var path = RepositoryFolder.PathOf($"tests/{library}.Tests/PublicApi.txt");
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
        {
            File.WriteAllText(path, actual);
            return;
        }

        var expected = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "";
        if (expected == actual)
            return;
        var (before, after) = (Located(expected), Located(actual));
        var lines = before.Except(after).Select(line => "- " + line).Concat(after.Except(before).Select(line => "+ " + line)).ToList();
        var more = lines.Count > 40 ? $"\n... and {lines.Count - 40} more lines" : "";
        Assert.Fail(
            $"The public surface of {library} is not the one listed in tests/{library}.Tests/PublicApi.txt:\n{string.Join('\n', lines.Take(40))}{more}\n" +
            $"If the change is meant, list it with `dotnet run eng/build.cs -- api` (or this test run with {UpdateVariable}=1) and commit the file.");
    }

    // A member's line says which type it is in: the same signature may move from one to another.
    static List<string> Located(string listing)
    {
        var (lines, type) = (new List<string>(), "");
        foreach (var line in listing.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!line.StartsWith(' '))
                type = line;
            lines.Add(line.StartsWith(' ') ? $"{line.Trim()}   (in {type})" : line);
        }

        return lines;
    }
}
