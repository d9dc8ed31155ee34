using System.Text.Json.Nodes;

namespace MultiModal.Jimeng.Baidu;

/// <summary>A call to an interface that has no method of its own: OCR, image classification, NLP, EasyDL and the rest.</summary>
/// <param name="Path">The path on aip.baidubce.com, such as <c>/rest/2.0/ocr/v1/general_basic</c>.</param>
public sealed record BaiduApiCall(string Path)
{
    /// <summary>Fields of the form, in order. Not beside <see cref="Json"/>.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Form { get; init; } = [];

    /// <summary>Fields of the form that are bytes (pictures): sent as base64 before the others.</summary>
    public IReadOnlyList<KeyValuePair<string, ReadOnlyMemory<byte>>> Files { get; init; } = [];

    /// <summary>The body as JSON, in place of a form.</summary>
    public JsonNode? Json { get; init; }

    /// <summary>Whether JSON goes and comes as GBK, as the older language interfaces have it by default.</summary>
    /// <value>The default is <see langword="false"/>: UTF-8; add <c>charset=UTF-8</c> to <see cref="Query"/> for those interfaces.</value>
    public bool Gbk { get; init; }

    /// <summary>Fields of the query beside the token.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Query { get; init; } = [];

    /// <summary>Whether the call creates a billed task, so that it must not be repeated when its outcome is unknown.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool Submits { get; init; }
}
