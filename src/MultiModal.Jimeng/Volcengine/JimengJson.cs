using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MultiModal.Jimeng.Volcengine;

/// <summary>The JSON of Jimeng, generated at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(Jimeng40ImageRequest))]
[JsonSerializable(typeof(Jimeng3ImageRequest))]
[JsonSerializable(typeof(Jimeng21ImageRequest))]
[JsonSerializable(typeof(Jimeng3EditRequest))]
[JsonSerializable(typeof(JimengVideoRequest))]
[JsonSerializable(typeof(JimengUpscaleRequest))]
[JsonSerializable(typeof(JimengDigitalHumanRequest))]
[JsonSerializable(typeof(JimengCustomRequest))]
[JsonSerializable(typeof(JimengResultOptions))]
[JsonSerializable(typeof(JimengResultQuery))]
[JsonSerializable(typeof(JimengEnvelope))]
[JsonSerializable(typeof(JimengHumanData))]
internal sealed partial class JimengJson : JsonSerializerContext
{
    public static JimengJson Relaxed => Holder.Instance;

    // Apart, so that it is made after the generated statics, whatever the order of the files.
    static class Holder
    {
        public static readonly JimengJson Instance = new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }
}
