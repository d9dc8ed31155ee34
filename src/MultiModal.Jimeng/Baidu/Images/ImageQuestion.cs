using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using MultiModal.Jimeng.Http;

namespace MultiModal.Jimeng.Baidu.Images;

/// <summary>A picture and what is asked about it.</summary>
public sealed record ImageQuestion
{
    /// <summary>Makes a question about a picture's bytes.</summary>
    /// <param name="image">JPEG, PNG, BMP or WebP, up to 10 MB, 64 to 8,192 pixels a side.</param>
    /// <param name="question">Up to 100 characters.</param>
    public ImageQuestion(byte[] image, string question = DefaultQuestion)
    {
        Image = image;
        Question = question;
    }

    /// <summary>Makes a question about a picture that the service fetches.</summary>
    /// <param name="url">Its address, up to 1,024 bytes.</param>
    /// <param name="question">Up to 100 characters.</param>
    public ImageQuestion(Uri url, string question = DefaultQuestion)
    {
        Url = url;
        Question = question;
    }

    const string DefaultQuestion = "请描述这张图片的内容。";

    /// <summary>The picture's bytes, or null.</summary>
    public byte[]? Image { get; }

    /// <summary>The picture's address, or null.</summary>
    public Uri? Url { get; }

    /// <summary>What is asked.</summary>
    public string Question { get; }

    /// <summary>Whether the description is in Chinese, whatever the question's language.</summary>
    [JsonPropertyName("output_CHN")]
    public bool? Chinese { get; init; }

    /// <summary>Fields that this type does not know, sent along.</summary>
    [JsonIgnore]
    public JsonObject? Extra { get; set; }

    [JsonInclude]
    [JsonExtensionData]
    internal IDictionary<string, JsonElement>? ExtraJson
    {
        get => ExtraFields.Of(Extra);
        set => Extra = ExtraFields.From(value);
    }
}
