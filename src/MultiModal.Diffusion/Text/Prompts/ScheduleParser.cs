using System.Text.RegularExpressions;

namespace MultiModal.Diffusion.Text.Prompts;

/// <summary>
/// Parses schedules and alternations. Brackets that are neither are kept as they stand, for the weights that are read later; on the
/// outermost level a bracket or colon that fits nothing is plain text.
/// </summary>
sealed partial class ScheduleParser
{
    const int DeepestNesting = 64;
    readonly string text;

    // Whether a bracket at a position is well formed depends on nothing before it: each is tried once, so no prompt takes long.
    readonly Dictionary<int, (ScheduleNode? Node, int End)> brackets = [];

    ScheduleParser(string text) => this.text = text;

    public static ScheduleNode Parse(string text)
    {
        var parser = new ScheduleParser(text);
        var parts = new List<ScheduleNode>();
        var at = 0;
        while (at < text.Length)
        {
            var (part, end) = parser.Item(at, 0);

            // A bar outside of brackets makes A1111's grammar give up on the whole prompt.
            if (part is null && text[at] == '|') return new ScheduleNode.Plain(text);
            parts.Add(part ?? new ScheduleNode.Plain(text[at].ToString()));
            at = part is null ? at + 1 : end;
        }

        return new ScheduleNode.Sequence(parts);
    }

    /// <summary>Items up to a character that belongs to the bracket around them.</summary>
    (ScheduleNode Node, int End) Prompt(int at, int depth)
    {
        var parts = new List<ScheduleNode>();
        while (at < text.Length && Item(at, depth) is ({ } part, var end))
        {
            parts.Add(part);
            at = end;
        }

        return (parts.Count == 1 ? parts[0] : new ScheduleNode.Sequence(parts), at);
    }

    (ScheduleNode? Node, int End) Item(int at, int depth)
    {
        if (Plain().Match(text, at) is { Success: true } plain) return (new ScheduleNode.Plain(plain.Value), at + plain.Length);
        if (text[at] is not ('(' or '[') || depth >= DeepestNesting) return (null, at);
        if (!brackets.TryGetValue(at, out var known)) brackets[at] = known = text[at] == '(' ? RoundBracket(at, depth + 1) : SquareBracket(at, depth + 1);
        return known;
    }

    /// <summary>( prompt ) or ( prompt : prompt )</summary>
    (ScheduleNode? Node, int End) RoundBracket(int at, int depth)
    {
        var (inner, end) = Prompt(at + 1, depth);
        if (Is(end, ')')) return (Around("(", inner, ")"), end + 1);
        if (!Is(end, ':')) return (null, at);
        var (weight, close) = Prompt(end + 1, depth);
        return Is(close, ')') ? (new ScheduleNode.Sequence([new ScheduleNode.Plain("("), inner, new ScheduleNode.Plain(":"), weight, new ScheduleNode.Plain(")")]), close + 1) : (null, at);
    }

    /// <summary>[ prompt ], [ prompt : when ], [ prompt : prompt : when ] or [ prompt | prompt ... ]</summary>
    (ScheduleNode? Node, int End) SquareBracket(int at, int depth)
    {
        var (first, end) = Prompt(at + 1, depth);
        if (Is(end, ']')) return (Around("[", first, "]"), end + 1);
        if (Is(end, '|'))
        {
            var options = new List<ScheduleNode> { first };
            while (Is(end, '|'))
            {
                (var option, end) = Prompt(end + 1, depth);
                options.Add(option);
            }

            return Is(end, ']') ? (new ScheduleNode.Alternation(options), end + 1) : (null, at);
        }

        if (!Is(end, ':')) return (null, at);
        if (When().Match(text, end + 1) is { Success: true } appears)
            return (new ScheduleNode.Change(new ScheduleNode.Plain(""), first, appears.Groups[1].Value), appears.Index + appears.Length);
        var (second, colon) = Prompt(end + 1, depth);
        return Is(colon, ':') && When().Match(text, colon + 1) is { Success: true } when
            ? (new ScheduleNode.Change(first, second, when.Groups[1].Value), when.Index + when.Length) : (null, at);
    }

    bool Is(int at, char wanted) => at < text.Length && text[at] == wanted;

    static ScheduleNode.Sequence Around(string open, ScheduleNode inner, string close) =>
        new([new ScheduleNode.Plain(open), inner, new ScheduleNode.Plain(close)]);

    [GeneratedRegex(@"\G(?:[^\\\[\]():|]|\\.)+", RegexOptions.Singleline)]
    private static partial Regex Plain();

    [GeneratedRegex(@"\G\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*\]")]
    private static partial Regex When();
}
