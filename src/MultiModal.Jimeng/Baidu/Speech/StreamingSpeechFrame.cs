using System.Text.Json;
using System.Text.Json.Serialization;
using MultiModal.Jimeng.Http;

namespace MultiModal.Jimeng.Baidu.Speech;

/// <summary>A text frame from the streaming synthesis.</summary>
internal sealed class StreamingSpeechFrame
{
    public string? Type { get; set; }

    [JsonConverter(typeof(IdConverter))]
    public string? Code { get; set; }

    public string? Message { get; set; }

    public StreamingSpeechHeaders? Headers { get; set; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }
}

/// <summary>The headers of a <see cref="StreamingSpeechFrame"/>.</summary>
internal sealed class StreamingSpeechHeaders
{
    [JsonConverter(typeof(IdConverter))]
    public string? SessionId { get; set; }
}
