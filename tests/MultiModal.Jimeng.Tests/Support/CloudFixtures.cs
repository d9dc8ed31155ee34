using System.Text.Json;
using MultiModal.Testing;

namespace MultiModal.Jimeng.Tests.Support;

/// <summary>The recorded requests and signatures of the vendors' own SDKs. A root without them has nothing to check.</summary>
internal static class CloudFixtures
{
    public static IEnumerable<JsonElement> Vectors() => Read("volc_sign_vectors.json", "vectors");

    /// <summary>The vectors of header signing that are no quirk of the SDK's.</summary>
    public static IEnumerable<JsonElement> HeaderVectors() =>
        Vectors().Where(static vector => vector.GetProperty("mode").GetString() == "header" && !vector.GetProperty("sdk_quirk_skip_by_default").GetBoolean());

    public static IEnumerable<JsonElement> Scenarios() => Read("baidu_request_vectors.json", "scenarios");

    public static string Document(string name) => File.ReadAllText(RepositoryFolder.PathOf($"docs/{name}"));

    public static List<KeyValuePair<string, string>> Pairs(JsonElement list) =>
        [.. list.EnumerateArray().Select(static pair => KeyValuePair.Create(pair[0].GetString()!, pair[1].GetString()!))];

    static IEnumerable<JsonElement> Read(string file, string list)
    {
        var path = Fixtures.PathOf($"cloud/{file}");
        if (!File.Exists(path))
            return [];
        using var document = JsonDocument.Parse(File.ReadAllText(path));
        return [.. document.RootElement.GetProperty(list).EnumerateArray().Select(static item => item.Clone())];
    }
}
