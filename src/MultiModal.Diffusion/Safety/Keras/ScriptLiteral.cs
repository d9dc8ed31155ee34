using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace MultiModal.Diffusion.Safety.Keras;

/// <summary>
/// Reads a value written in JavaScript, as minifiers write JSON: names without quotes, numbers without a leading zero, !0 and !1 for true and false.
/// It is read, never run: anything but a literal is an error.
/// </summary>
ref struct ScriptLiteral
{
    const int DeepestNesting = 64;

    readonly string file;
    readonly ReadOnlySpan<char> text;
    int at;

    ScriptLiteral(string file, ReadOnlySpan<char> text, int at)
    {
        this.file = file;
        this.text = text;
        this.at = at;
    }

    /// <summary>The value that a module exports.</summary>
    /// <param name="file">What errors call the file.</param>
    /// <param name="text">A script with one "exports=" before a literal, or plain JSON.</param>
    /// <exception cref="InvalidFileException">There is none, or it is no literal.</exception>
    public static JsonNode Exported(string file, ReadOnlySpan<char> text)
    {
        const string Marker = ".exports=";
        var at = 0;
        if (text.TrimStart() is not ['{' or '"' or '[', ..])
        {
            // The loader around a module assigns its own exports first; the literal is what an assignment of a value follows.
            while (true)
            {
                var found = text[at..].IndexOf(Marker, StringComparison.Ordinal);
                if (found < 0) throw new InvalidFileException(file, "it is neither JSON nor a script that exports a value.");
                at += found + Marker.Length;
                if (at < text.Length && text[at] is '{' or '"' or '[' && text[at..] is not ['{', '}', ..]) break;
            }
        }

        var literal = new ScriptLiteral(file, text, at);
        return literal.Value(0) ?? throw new InvalidFileException(file, "it exports null.");
    }

    JsonNode? Value(int depth)
    {
        if (depth > DeepestNesting) throw Bad("it is nested too deeply");
        return Peek() switch
        {
            '{' => Object(depth),
            '[' => Array(depth),
            '"' or '\'' => JsonValue.Create(String()),
            '!' => JsonValue.Create(Negation()),
            'n' => Word("null", null),
            't' => Word("true", JsonValue.Create(true)),
            'f' => Word("false", JsonValue.Create(false)),
            'v' => Word("void 0", null),
            _ => JsonValue.Create(Number()),
        };
    }

    JsonObject Object(int depth)
    {
        var result = new JsonObject();
        at++;
        if (Take('}')) return result;
        do
        {
            var name = Peek() is '"' or '\'' ? String() : Name();
            Expect(':');
            if (!result.TryAdd(name, Value(depth + 1))) throw Bad($"'{name}' occurs twice");
        }
        while (Take(','));
        Expect('}');
        return result;
    }

    JsonArray Array(int depth)
    {
        var result = new JsonArray();
        at++;
        if (Take(']')) return result;
        do result.Add(Value(depth + 1));
        while (Take(','));
        Expect(']');
        return result;
    }

    string Name()
    {
        var start = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '_' or '$')) at++;
        return at > start ? text[start..at].ToString() : throw Bad("a name is expected");
    }

    string String()
    {
        var quote = text[at++];
        var length = text[at..].IndexOfAny(quote, '\\');
        if (length >= 0 && text[at + length] == quote)
        {
            var plain = text.Slice(at, length).ToString();
            at += length + 1;
            return plain;
        }

        var result = new StringBuilder();
        while (true)
        {
            if (at >= text.Length) throw Bad("a text does not end");
            var c = text[at++];
            if (c == quote) return result.ToString();
            if (c == '\\')
            {
                if (at >= text.Length) throw Bad("a text does not end");
                c = text[at++] switch { 'n' => '\n', 't' => '\t', 'r' => '\r', '"' => '"', '\'' => '\'', '\\' => '\\', '/' => '/', _ => throw Bad("it has an escape that is not known here") };
            }

            result.Append(c);
        }
    }

    bool Negation()
    {
        at++;
        return Peek() switch { '0' => Step(true), '1' => Step(false), _ => throw Bad("after '!' comes 0 or 1") };
    }

    bool Step(bool value)
    {
        at++;
        return value;
    }

    double Number()
    {
        var start = at;
        while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] is '-' or '+' or '.' or 'e' or 'E')) at++;
        return double.TryParse(text[start..at], NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : throw Bad("a value is expected");
    }

    JsonNode? Word(string word, JsonNode? value)
    {
        if (!text[at..].StartsWith(word, StringComparison.Ordinal)) throw Bad("a value is expected");
        at += word.Length;
        return value;
    }

    char Peek()
    {
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
        return at < text.Length ? text[at] : throw Bad("it ends too early");
    }

    bool Take(char wanted)
    {
        if (Peek() != wanted) return false;
        at++;
        return true;
    }

    void Expect(char wanted)
    {
        if (!Take(wanted)) throw Bad($"'{wanted}' is expected");
    }

    readonly InvalidFileException Bad(string problem) => new(file, $"{problem}.", $"character {at}");
}
