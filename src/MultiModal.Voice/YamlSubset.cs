using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace MultiModal.Voice;

/// <summary>
/// The part of YAML that files of settings use, as JSON: mappings, sequences, plain and quoted scalars, comments, flow collections on one line. No anchors, tags
/// or multi-line texts: those are errors.
/// </summary>
sealed class YamlSubset
{
    const int MaxDepth = 32;

    readonly string file;
    readonly List<(int Indent, string Text, int Number)> lines = [];
    readonly Utf8JsonWriter json;
    int at;

    YamlSubset(string file, Utf8JsonWriter json) => (this.file, this.json) = (file, json);

    /// <summary>Converts a document.</summary>
    /// <param name="file">What errors call it.</param>
    /// <param name="yaml">UTF-8.</param>
    /// <exception cref="InvalidFileException">It is not in UTF-8, or uses what is not supported.</exception>
    public static byte[] ToJson(string file, ReadOnlySpan<byte> yaml)
    {
        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(yaml);
        }
        catch (DecoderFallbackException e)
        {
            throw new InvalidFileException(file, "the file is not in UTF-8.", innerException: e);
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new() { SkipValidation = false }))
        {
            var reader = new YamlSubset(file, json);
            reader.ReadLines(text.TrimStart('\uFEFF'));
            if (reader.lines.Count == 0) reader.Null();
            else reader.Block(reader.lines[0].Indent, 0);
            if (reader.at < reader.lines.Count) throw reader.Error("the indentation fits nothing above it");
        }

        return buffer.WrittenSpan.ToArray();
    }

    void ReadLines(string text)
    {
        var number = 0;
        foreach (var raw in text.Split('\n'))
        {
            number++;
            var line = StripComment(raw.TrimEnd('\r')).TrimEnd();
            var content = line.TrimStart(' ');
            if (content.Length == 0 || (content == "---" && lines.Count == 0)) continue;
            if (content[0] == '\t') throw new InvalidFileException(file, "a line is indented by a tab, which YAML forbids.", $"line {number}");
            lines.Add((line.Length - content.Length, content, number));
        }
    }

    /// <summary>A '#' begins a comment at the start or after a space, outside of quotes.</summary>
    static string StripComment(string line)
    {
        var quote = '\0';
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (quote != '\0')
            {
                if (c == '\\' && quote == '"') i++;
                else if (c == quote && quote == '\'' && i + 1 < line.Length && line[i + 1] == quote) i++;
                else if (c == quote) quote = '\0';
            }
            else if (c is '"' or '\'' && (i == 0 || line[i - 1] is ' ' or '[' or '{' or ','))
            {
                quote = c;
            }
            else if (c == '#' && (i == 0 || line[i - 1] is ' ' or '\t'))
            {
                return line[..i];
            }
        }

        return line;
    }

    void Block(int indent, int depth)
    {
        if (depth > MaxDepth) throw Error($"more than {MaxDepth} levels lie within each other");
        if (IsItem(lines[at].Text)) Sequence(indent, depth);
        else if (FindColon(lines[at].Text) >= 0) Mapping(indent, depth);
        else Inline(lines[at++].Text, depth);
    }

    void Mapping(int indent, int depth)
    {
        json.WriteStartObject();
        while (at < lines.Count && lines[at].Indent == indent && !IsItem(lines[at].Text))
        {
            var text = lines[at].Text;
            var colon = FindColon(text);
            if (colon < 0) throw Error("a key with a colon was expected");
            Name(Scalar(text[..colon].TrimEnd()).Text);
            var value = text[(colon + 1)..].Trim();
            at++;
            if (value.Length > 0) Inline(value, depth + 1);
            else if (at < lines.Count && (lines[at].Indent > indent || (lines[at].Indent == indent && IsItem(lines[at].Text)))) Block(lines[at].Indent, depth + 1);
            else Null();
        }

        json.WriteEndObject();
    }

    void Sequence(int indent, int depth)
    {
        json.WriteStartArray();
        while (at < lines.Count && lines[at].Indent == indent && IsItem(lines[at].Text))
        {
            var (_, text, number) = lines[at];
            var value = text[1..].TrimStart();
            if (value.Length == 0)
            {
                at++;
                if (at < lines.Count && lines[at].Indent > indent) Block(lines[at].Indent, depth + 1);
                else Null();
            }
            else if (value[0] is not ('[' or '{' or '"' or '\'') && (IsItem(value) || FindColon(value) >= 0))
            {
                // A collection that begins on the line of its dash is indented as far as its text.
                lines[at] = (indent + text.Length - value.Length, value, number);
                Block(lines[at].Indent, depth + 1);
            }
            else
            {
                at++;
                Inline(value, depth + 1);
            }
        }

        json.WriteEndArray();
    }

    /// <summary>A scalar, or a collection in brackets.</summary>
    void Inline(string text, int depth)
    {
        var position = 0;
        Flow(text, ref position, depth, top: true);
        if (text.AsSpan(position).Trim().Length > 0) throw Error($"'{text[position..].Trim()}' was not expected", at - 1);
    }

    void Flow(string text, ref int position, int depth, bool top)
    {
        if (depth > MaxDepth) throw Error($"more than {MaxDepth} levels lie within each other", at - 1);
        while (position < text.Length && text[position] == ' ') position++;
        var isMap = position < text.Length && text[position] == '{';
        if (!isMap && (position >= text.Length || text[position] != '['))
        {
            Write(Take(text, ref position, top ? "" : ",]}"));
            return;
        }

        var close = isMap ? '}' : ']';
        if (isMap) json.WriteStartObject();
        else json.WriteStartArray();
        for (position++; ;)
        {
            while (position < text.Length && text[position] is ' ' or ',') position++;
            if (position >= text.Length) throw Error($"'{close}' is missing", at - 1);
            if (text[position] == close) break;
            if (isMap)
            {
                Name(Scalar(Take(text, ref position, ":,}")).Text);
                if (position < text.Length && text[position] == ':') position++;
                else throw Error("a colon is missing", at - 1);
            }

            Flow(text, ref position, depth + 1, top: false);
        }

        position++;
        if (isMap) json.WriteEndObject();
        else json.WriteEndArray();
    }

    /// <summary>The text of a scalar, quotes included, up to one of some characters.</summary>
    string Take(string text, ref int position, string ends)
    {
        while (position < text.Length && text[position] == ' ') position++;
        var start = position;
        if (position < text.Length && text[position] is '"' or '\'')
        {
            var quote = text[position++];
            for (; position < text.Length; position++)
            {
                if (text[position] == '\\' && quote == '"') position++;
                else if (text[position] == quote && quote == '\'' && position + 1 < text.Length && text[position + 1] == '\'') position++;
                else if (text[position] == quote) break;
            }

            if (position >= text.Length) throw Error("a quotation is not closed", at - 1);
            position++;
        }
        else
        {
            while (position < text.Length && !ends.Contains(text[position], StringComparison.Ordinal)) position++;
        }

        return text[start..position].Trim();
    }

    void Write(string text)
    {
        var (value, quoted) = Scalar(text);
        if (quoted) Text(value);
        else if (value is "" or "~" or "null" or "Null" or "NULL") Null();
        else if (value is "true" or "True" or "TRUE" or "yes" or "Yes" or "on" or "On") json.WriteBooleanValue(true);
        else if (value is "false" or "False" or "FALSE" or "no" or "No" or "off" or "Off") json.WriteBooleanValue(false);
        else if (long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer)) json.WriteNumberValue(integer);
        else if ((char.IsAsciiDigit(value[^1]) || value[^1] == '.') && double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
            json.WriteNumberValue(number);
        else Text(value);
    }

    (string Text, bool Quoted) Scalar(string text)
    {
        if (text.Length == 0) return ("", false);
        if (text[0] == '\'' && text.Length > 1 && text[^1] == '\'') return (text[1..^1].Replace("''", "'", StringComparison.Ordinal), true);
        if (text[0] == '"' && text.Length > 1 && text[^1] == '"') return (Unescape(text[1..^1]), true);
        if (text[0] is '&' or '*' or '!' or '|' or '>' or '%' or '@' or '`' or '"' or '\'') throw Error($"'{text[0]}' begins something this reader does not know", at - 1);
        return (text, false);
    }

    string Unescape(string text)
    {
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                result.Append(text[i]);
                continue;
            }

            if (++i >= text.Length) throw Error("an escape is not finished", at - 1);
            var digits = text[i] switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
            if (digits == 0)
            {
                result.Append(text[i] switch { 'n' => '\n', 't' => '\t', 'r' => '\r', '0' => '\0', 'e' => '\x1B', 'a' => '\a', 'b' => '\b', _ => text[i] });
                continue;
            }

            if (i + digits >= text.Length) throw Error("an escape is not finished", at - 1);
            if (!int.TryParse(text.AsSpan(i + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) || !(digits < 8 || Rune.IsValid(code)))
                throw Error("an escape is no character", at - 1);
            if (digits == 8) result.Append(new Rune(code).ToString());
            else result.Append((char)code);
            i += digits;
        }

        return result.ToString();
    }

    void Null() => json.WriteNullValue();

    void Name(string text) => json.WritePropertyName(Valid(text));

    void Text(string text) => json.WriteStringValue(Valid(text));

    /// <summary>Escapes may leave half of a character.</summary>
    string Valid(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsHighSurrogate(text[i]) || i + 1 >= text.Length || !char.IsLowSurrogate(text[++i])) throw Error("a text is not Unicode", at - 1);
        }

        return text;
    }

    InvalidFileException Error(string problem, int? line = null)
    {
        var index = Math.Clamp(line ?? at, 0, Math.Max(0, lines.Count - 1));
        return new(file, $"{problem}.", lines.Count == 0 ? null : $"line {lines[index].Number}");
    }

    static bool IsItem(string text) => text == "-" || text.StartsWith("- ", StringComparison.Ordinal);

    /// <summary>The colon after a key: outside of quotes, before a space or the end; -1 where there is none.</summary>
    static int FindColon(string text)
    {
        var start = 0;
        if (text[0] is '"' or '\'')
        {
            for (start = 1; start < text.Length && text[start] != text[0]; start++)
                if (text[start] == '\\' && text[0] == '"') start++;
        }
        else if (text[0] is '[' or '{')
        {
            return -1;
        }

        for (var i = start; i < text.Length; i++)
            if (text[i] == ':' && (i + 1 == text.Length || text[i + 1] == ' ')) return i;
        return -1;
    }
}
