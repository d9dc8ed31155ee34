using System.Text.Json;
using System.Text.Json.Serialization;
using MultiModal.Jimeng.Http;

namespace MultiModal.Jimeng.Volcengine;

/// <summary>What every action answers. Newer actions wrap it in Result once more.</summary>
internal sealed class JimengEnvelope
{
    public JimengData? Data { get; set; }

    [JsonConverter(typeof(IdConverter))]
    public string? RequestId { get; set; }

    [JsonConverter(typeof(IdConverter))]
    public string? TaskId { get; set; }

    [JsonPropertyName("Result")]
    public JimengEnvelope? Result { get; set; }
}

/// <summary>The data of an answer: a task, or what it made.</summary>
internal sealed class JimengData
{
    [JsonConverter(typeof(IdConverter))]
    public string? TaskId { get; set; }

    public string? Status { get; set; }

    public List<byte[]>? BinaryDataBase64 { get; set; }

    public List<string>? ImageUrls { get; set; }

    public string? VideoUrl { get; set; }

    public string? RespData { get; set; }

    public bool? AigcMetaTagged { get; set; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }
}

/// <summary>The body that asks after a task. req_json is JSON inside a JSON text.</summary>
internal sealed class JimengResultQuery
{
    public required string ReqKey { get; init; }

    public required string TaskId { get; init; }

    public string? ReqJson { get; init; }
}

/// <summary>The resp_data of digital humans.</summary>
internal sealed class JimengHumanData
{
    public int Code { get; set; }

    public int Status { get; set; }

    public JimengDetection? ObjectDetectionResult { get; set; }
}

internal sealed class JimengDetection
{
    public JimengMask? Mask { get; set; }
}

internal sealed class JimengMask
{
    public List<string>? Url { get; set; }
}
