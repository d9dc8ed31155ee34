using System.Text.Json.Serialization;
using MultiModal.Jimeng.Http;

namespace MultiModal.Jimeng.Baidu.Images;

/// <summary>The answer to submitting, of either version.</summary>
internal sealed class ErnieSubmitAnswer
{
    public ErnieSubmitData? Data { get; set; }

    [JsonConverter(typeof(IdConverter))]
    public string? LogId { get; set; }
}

internal sealed class ErnieSubmitData
{
    [JsonPropertyName("taskId")]
    [JsonConverter(typeof(IdConverter))]
    public string? BasicTaskId { get; set; }

    [JsonConverter(typeof(IdConverter))]
    public string? TaskId { get; set; }
}

/// <summary>The answer to asking after a basic task.</summary>
internal sealed class ErnieBasicAnswer
{
    public ErnieBasicData? Data { get; set; }

    [JsonConverter(typeof(IdConverter))]
    public string? LogId { get; set; }
}

internal sealed class ErnieBasicData
{
    [JsonPropertyName("taskId")]
    [JsonConverter(typeof(IdConverter))]
    public string? TaskId { get; set; }

    public int Status { get; set; }

    public string? Img { get; set; }

    [JsonPropertyName("imgUrls")]
    public List<ErnieBasicImage>? ImageUrls { get; set; }
}

internal sealed class ErnieBasicImage
{
    public string? Image { get; set; }
}

/// <summary>The answer to asking after a task of version 2.</summary>
internal sealed class ErnieAnswer
{
    public ErnieData? Data { get; set; }

    [JsonConverter(typeof(IdConverter))]
    public string? LogId { get; set; }
}

internal sealed class ErnieData
{
    [JsonConverter(typeof(IdConverter))]
    public string? TaskId { get; set; }

    public string? TaskStatus { get; set; }

    public double? TaskProgress { get; set; }

    public List<ErnieSubTask>? SubTaskResultList { get; set; }
}

internal sealed class ErnieSubTask
{
    public string? SubTaskStatus { get; set; }

    [JsonConverter(typeof(IdConverter))]
    public string? SubTaskErrorCode { get; set; }

    public List<ErnieFinalImage>? FinalImageList { get; set; }
}

internal sealed class ErnieFinalImage
{
    public string? ImgUrl { get; set; }

    public int? Width { get; set; }

    public int? Height { get; set; }

    public string? ImgApproveConclusion { get; set; }
}
