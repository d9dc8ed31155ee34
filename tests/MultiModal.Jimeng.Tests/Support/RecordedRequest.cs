using System.Text;

namespace MultiModal.Jimeng.Tests.Support;

/// <summary>A request as it reached the network.</summary>
public sealed record RecordedRequest(string Method, Uri Uri, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public IReadOnlyList<KeyValuePair<string, string>> Query => Parse(Uri.Query.TrimStart('?'), plusIsSpace: false);

    public IReadOnlyList<KeyValuePair<string, string>> Form => Parse(Text, plusIsSpace: true);

    public static async Task<RecordedRequest> OfAsync(HttpRequestMessage request)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in request.Headers.NonValidated)
            headers[name] = string.Join(", ", values);
        var body = Array.Empty<byte>();
        if (request.Content is { } content)
        {
            body = await content.ReadAsByteArrayAsync();
            foreach (var (name, values) in content.Headers.NonValidated)
                headers[name] = string.Join(", ", values);
        }

        return new(request.Method.Method, request.RequestUri!, headers, body);
    }

    static List<KeyValuePair<string, string>> Parse(string text, bool plusIsSpace) =>
        [.. text.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair =>
        {
            var split = pair.IndexOf('=', StringComparison.Ordinal);
            return split < 0 ? KeyValuePair.Create(Decode(pair), "") : KeyValuePair.Create(Decode(pair[..split]), Decode(pair[(split + 1)..]));

            string Decode(string part) => Uri.UnescapeDataString(plusIsSpace ? part.Replace('+', ' ') : part);
        })];
}
