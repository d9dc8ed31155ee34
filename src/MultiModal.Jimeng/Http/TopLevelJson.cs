using System.Text;
using System.Text.Json;

namespace MultiModal.Jimeng.Http;

/// <summary>
/// Reads scalar fields of the outermost object of a JSON body without building anything for the rest: enough to see whether an
/// answer is an error, and to notice that it is cut off.
/// </summary>
internal sealed class TopLevelJson
{
    readonly Dictionary<string, string?> scalars = new(StringComparer.Ordinal);
    readonly HashSet<string> containers = new(StringComparer.Ordinal);

    /// <summary>Whether the body is one whole JSON object.</summary>
    public bool IsWhole { get; private init; }

    /// <summary>A scalar field as text (numbers as they were written), or null.</summary>
    public string? this[string name] => scalars.GetValueOrDefault(name);

    /// <summary>Whether there is a field that holds an object or an array.</summary>
    public bool HasContainer(string name) => containers.Contains(name);

    /// <summary>Whether there is a field of that name at all.</summary>
    public bool Has(string name) => scalars.ContainsKey(name) || containers.Contains(name);

    /// <summary>Reads a body. One that is not JSON at all gives an empty, unwhole result.</summary>
    /// <param name="body">UTF-8.</param>
    /// <param name="inside">A field whose object's scalars are read too, under <c>field.name</c>.</param>
    public static TopLevelJson Read(ReadOnlySpan<byte> body, string? inside = null)
    {
        if (body.StartsWith("\uFEFF"u8))
            body = body[3..];
        var result = new TopLevelJson();
        try
        {
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = 128 });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return result;
            result.ReadObject(ref reader, "", inside);
            return reader.Read() ? result : result.Whole();
        }
        catch (JsonException)
        {
            return result;
        }
    }

    TopLevelJson Whole()
    {
        var whole = new TopLevelJson { IsWhole = true };
        foreach (var (name, value) in scalars)
            whole.scalars[name] = value;
        whole.containers.UnionWith(containers);
        return whole;
    }

    // Text that is not valid UTF-8 is still worth showing.
    static string Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return Encoding.UTF8.GetString(reader.ValueSpan);
        }
    }

    void ReadObject(ref Utf8JsonReader reader, string prefix, string? inside)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = Text(ref reader);
            reader.Read();
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                containers.Add(prefix + name);
                if (prefix.Length == 0 && reader.TokenType == JsonTokenType.StartObject && (name == inside || name == "Error"))
                    ReadObject(ref reader, name + ".", inside);
                else if (prefix.Length > 0 && name == "Error" && reader.TokenType == JsonTokenType.StartObject)
                    ReadObject(ref reader, prefix + "Error.", inside);
                else
                    reader.Skip();
            }
            else
            {
                scalars[prefix + name] = reader.TokenType switch
                {
                    // Large strings (base64 pictures) are not looked at.
                    JsonTokenType.String => reader.ValueSpan.Length > 4096 ? "" : Text(ref reader),
                    JsonTokenType.Number => Encoding.UTF8.GetString(reader.ValueSpan),
                    JsonTokenType.True => "true",
                    JsonTokenType.False => "false",
                    _ => null,
                };
            }
        }
    }
}
