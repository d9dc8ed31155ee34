using System.Text.Json;
using System.Text.Json.Nodes;

namespace MultiModal.Jimeng.Http;

/// <summary>
/// Extra fields of requests, in the form in which the serializer writes them beside the known ones: given a JsonObject as extension
/// data, it would write an object in place of fields.
/// </summary>
internal static class ExtraFields
{
    public static IDictionary<string, JsonElement>? Of(JsonObject? fields)
    {
        if (fields is null)
            return null;
        var result = new Dictionary<string, JsonElement>(fields.Count, StringComparer.Ordinal);
        foreach (var (name, value) in fields)
        {
            using var document = JsonDocument.Parse(value?.ToJsonString() ?? "null");
            result[name] = document.RootElement.Clone();
        }

        return result;
    }

    public static JsonObject? From(IDictionary<string, JsonElement>? fields) =>
        fields is null ? null : new(fields.Select(static field => KeyValuePair.Create(field.Key, JsonNode.Parse(field.Value.GetRawText()))));
}
