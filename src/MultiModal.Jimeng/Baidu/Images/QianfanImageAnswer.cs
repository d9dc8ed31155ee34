using System.Text.Json.Serialization;

namespace MultiModal.Jimeng.Baidu.Images;

internal sealed class QianfanImageAnswer
{
    public List<QianfanImageData>? Data { get; set; }
}

internal sealed class QianfanImageData
{
    public string? Url { get; set; }

    [JsonPropertyName("b64_image")]
    public byte[]? Image { get; set; }

    [JsonPropertyName("b64_json")]
    public byte[]? ImageJson { get; set; }
}
