using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using MultiModal.Jimeng.Baidu.Auth;
using MultiModal.Jimeng.Baidu.Censor;
using MultiModal.Jimeng.Baidu.Images;
using MultiModal.Jimeng.Baidu.Speech;

namespace MultiModal.Jimeng.Baidu;

/// <summary>The JSON of Baidu's services, generated at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(BaiduTokenAnswer))]
[JsonSerializable(typeof(SpeechRecognition))]
[JsonSerializable(typeof(RealtimeFrame))]
[JsonSerializable(typeof(StreamingSpeechFrame))]
[JsonSerializable(typeof(ErnieBasicImageRequest))]
[JsonSerializable(typeof(ErnieImageRequest))]
[JsonSerializable(typeof(ErnieSubmitAnswer))]
[JsonSerializable(typeof(ErnieBasicAnswer))]
[JsonSerializable(typeof(ErnieAnswer))]
[JsonSerializable(typeof(ImageQuestion))]
[JsonSerializable(typeof(DescriptionSubmitAnswer))]
[JsonSerializable(typeof(DescriptionAnswer))]
[JsonSerializable(typeof(CensorVerdict))]
[JsonSerializable(typeof(QianfanImageRequest))]
[JsonSerializable(typeof(QianfanImageAnswer))]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class BaiduJson : JsonSerializerContext
{
    /// <summary>Text as it is instead of \u escapes: a Chinese letter takes 3 bytes instead of 6, and + in base64 stays one.</summary>
    public static BaiduJson Relaxed => Holder.Instance;

    // Apart, so that it is made after the generated statics, whatever the order of the files.
    static class Holder
    {
        public static readonly BaiduJson Instance = new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }
}
