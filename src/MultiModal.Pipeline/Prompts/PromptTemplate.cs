using System.Globalization;
using System.Text;

namespace MultiModal.Pipeline.Prompts;

/// <summary>
/// A prompt with placeholders: <c>{text}, watercolour on paper</c>. Double braces are braces. What is put in is plain text: it is cleaned of line breaks, of
/// control characters, and of the signs that prompts have a syntax for, so that nobody who speaks can change weights or ask for adapters.
/// </summary>
public sealed class PromptTemplate
{
    readonly List<(string Literal, string? Placeholder)> parts = [];

    /// <summary>Reads a template.</summary>
    /// <param name="template">The template.</param>
    /// <param name="maxLength">How many characters of a text are put in at most; longer ones are cut at a word or sentence. Default 400.</param>
    /// <exception cref="FormatException">A brace is left open or alone, or a placeholder has no name.</exception>
    public PromptTemplate(string template, int maxLength = 400)
    {
        ArgumentNullException.ThrowIfNull(template);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength, 1);
        (Text, MaxLength) = (template, maxLength);
        Parse(template);
        Placeholders = [.. parts.Select(static part => part.Placeholder).OfType<string>().Distinct()];
    }

    /// <summary>The template as it was given.</summary>
    public string Text { get; }

    /// <summary>How many characters of a text are put in at most.</summary>
    public int MaxLength { get; }

    /// <summary>The names of its placeholders.</summary>
    public IReadOnlyList<string> Placeholders { get; }

    /// <summary>Puts a text in the place of <c>{text}</c>.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="ArgumentException">The template has other placeholders too.</exception>
    public string Fill(string text) => Fill(new Dictionary<string, string> { ["text"] = text });

    /// <summary>Puts texts in the places of placeholders.</summary>
    /// <param name="values">The texts by placeholder; further ones are left out.</param>
    /// <exception cref="ArgumentException">A placeholder has no text.</exception>
    public string Fill(IReadOnlyDictionary<string, string> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var result = new StringBuilder();
        foreach (var (literal, placeholder) in parts)
        {
            result.Append(literal);
            if (placeholder is not null)
                result.Append(Clean(values.TryGetValue(placeholder, out var value) ? value : throw new ArgumentException($"There is no text for {{{placeholder}}}.", nameof(values)), MaxLength));
        }

        return result.ToString();
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    void Parse(string template)
    {
        var literal = new StringBuilder();
        for (var i = 0; i < template.Length; i++)
        {
            var c = template[i];
            if (c is '{' or '}' && i + 1 < template.Length && template[i + 1] == c)
            {
                literal.Append(c);
                i++;
            }
            else if (c == '{')
            {
                var end = template.IndexOf('}', i);
                var name = end < 0 ? throw new FormatException($"The brace at character {i} of the template is never closed; write {{{{ for a brace.") : template[(i + 1)..end].Trim();
                if (name.Length == 0 || name.Contains('{', StringComparison.Ordinal))
                    throw new FormatException($"The placeholder at character {i} of the template has no name.");
                parts.Add((literal.ToString(), name));
                literal.Clear();
                i = end;
            }
            else
            {
                literal.Append(c == '}' ? throw new FormatException($"The brace at character {i} of the template was never opened; write }}}} for a brace.") : c);
            }
        }

        parts.Add((literal.ToString(), null));
    }

    static string Clean(string value, int maxLength)
    {
        ArgumentNullException.ThrowIfNull(value);
        var text = new StringBuilder(value.Length);
        foreach (var rune in value.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune))
            {
                if (text.Length > 0 && text[^1] != ' ')
                    text.Append(' ');
            }
            else if (Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse) && !(rune.IsAscii && "()[]{}<>|\\".Contains((char)rune.Value, StringComparison.Ordinal)))
            {
                text.Append(rune);
            }
        }

        return Cut(text.ToString().Trim(), maxLength);
    }

    /// <summary>The beginning of a text, up to the last end of a sentence or word; where there is none, up to a whole character.</summary>
    static string Cut(string text, int maxLength)
    {
        if (text.Length <= maxLength)
            return text;
        var end = text.LastIndexOfAny([' ', ',', '.', '，', '。', '、', '！', '？'], maxLength - 1);
        if (end < maxLength / 2)
            end = char.IsLowSurrogate(text[maxLength]) ? maxLength - 1 : maxLength;
        return text[..end].TrimEnd();
    }
}
