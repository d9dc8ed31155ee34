using System.Text.Json.Serialization;
using MultiModal.Jimeng.Http;

namespace MultiModal.Jimeng.Baidu.Images;

internal sealed class DescriptionSubmitAnswer
{
    public DescriptionResult? Result { get; set; }

    [JsonConverter(typeof(IdConverter))]
    public string? LogId { get; set; }
}

internal sealed class DescriptionAnswer
{
    public DescriptionResult? Result { get; set; }

    [JsonConverter(typeof(IdConverter))]
    public string? LogId { get; set; }
}

internal sealed class DescriptionResult
{
    [JsonConverter(typeof(IdConverter))]
    public string? TaskId { get; set; }

    public int RetCode { get; set; }

    public string? RetMsg { get; set; }

    public string? Description { get; set; }

    public string? DescriptionToLlm { get; set; }
}
