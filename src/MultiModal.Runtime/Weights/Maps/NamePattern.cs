using System.Text;

namespace MultiModal.Runtime.Weights.Maps;

/// <summary>
/// A pattern of names: text, with {name} for a whole number and {name*} for any text that is not empty. The same placeholders in another
/// pattern stand for what they stood for in the first.
/// </summary>
sealed class NamePattern
{
    readonly List<(string Text, bool Placeholder, bool Any)> parts = [];

    NamePattern()
    {
    }

    public IEnumerable<string> Placeholders => parts.Where(part => part.Placeholder).Select(part => part.Text);

    /// <exception cref="ArgumentException">A brace is not closed, or a placeholder occurs twice.</exception>
    public static NamePattern Parse(string pattern)
    {
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        var result = new NamePattern();
        for (var rest = pattern; rest.Length > 0;)
        {
            var open = rest.IndexOf('{', StringComparison.Ordinal);
            if (open != 0)
            {
                result.parts.Add((open < 0 ? rest : rest[..open], false, false));
                rest = open < 0 ? "" : rest[open..];
                continue;
            }

            var close = rest.IndexOf('}', StringComparison.Ordinal);
            if (close < 2)
                throw new ArgumentException($"A placeholder of '{pattern}' is empty or not closed.", nameof(pattern));
            var any = rest[close - 1] == '*';
            result.parts.Add((any ? rest[1..(close - 1)] : rest[1..close], true, any));
            rest = rest[(close + 1)..];
        }

        if (result.Placeholders.Distinct(StringComparer.Ordinal).Count() != result.Placeholders.Count())
            throw new ArgumentException($"A placeholder occurs twice in '{pattern}'.", nameof(pattern));
        return result;
    }

    /// <summary>What the placeholders stand for in a name; null when the name is not of the pattern.</summary>
    public Dictionary<string, string>? Match(string name)
    {
        // Most patterns do not fit most names, and show it at their first letters.
        if (!parts[0].Placeholder && !name.StartsWith(parts[0].Text, StringComparison.Ordinal))
            return null;
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        return Match(name, 0, 0, values) ? values : null;
    }

    /// <summary>The name with the placeholders filled in.</summary>
    public string Fill(Dictionary<string, string> values)
    {
        var name = new StringBuilder();
        foreach (var (text, placeholder, _) in parts)
            name.Append(placeholder ? values[text] : text);
        return name.ToString();
    }

    bool Match(string name, int at, int part, Dictionary<string, string> values)
    {
        if (part == parts.Count)
            return at == name.Length;
        var (text, placeholder, any) = parts[part];
        if (!placeholder)
            return string.CompareOrdinal(name, at, text, 0, text.Length) == 0 && Match(name, at + text.Length, part + 1, values);
        for (var end = at + 1; end <= name.Length && (any || char.IsAsciiDigit(name[end - 1])); end++)
        {
            if (!Match(name, end, part + 1, values))
                continue;
            values[text] = name[at..end];
            return true;
        }

        return false;
    }
}
