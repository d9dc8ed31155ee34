namespace MultiModal.Jimeng.Volcengine;

/// <summary>What is signed: path and query unescaped, headers as given, the body's very bytes.</summary>
internal sealed record VolcRequest(
    string Method,
    string Path,
    IReadOnlyList<KeyValuePair<string, string>> Query,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    ReadOnlyMemory<byte> Body);
