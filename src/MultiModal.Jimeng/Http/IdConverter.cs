using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MultiModal.Jimeng.Http;

/// <summary>
/// Identifiers are text, whichever way a service writes them: task ids of Volcengine exceed the largest 64-bit integer, log ids
/// of Baidu come as numbers and as text.
/// </summary>
internal sealed class IdConverter : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString(),
        JsonTokenType.Number => Encoding.UTF8.GetString(reader.ValueSpan),
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        JsonTokenType.Null => null,
        _ => throw new JsonException("An identifier is a text or a number."),
    };

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
