using System.Text.Json;
using System.Text.Json.Serialization;
using MultiModal.Jimeng.Http;

namespace MultiModal.Jimeng.Baidu.Speech;

/// <summary>A text frame from the realtime recogniser.</summary>
internal sealed class RealtimeFrame
{
    public string? Type { get; set; }

    public int ErrNo { get; set; }

    public string? ErrMsg { get; set; }

    public string? Result { get; set; }

    public double? StartTime { get; set; }

    public double? EndTime { get; set; }

    [JsonConverter(typeof(IdConverter))]
    public string? LogId { get; set; }

    [JsonConverter(typeof(IdConverter))]
    public string? Sn { get; set; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }
}
