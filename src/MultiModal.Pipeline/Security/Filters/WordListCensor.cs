using MultiModal.Capabilities;

namespace MultiModal.Pipeline.Security;

/// <summary>
/// Finds the words of a list in a text, many at once, without a network or a service. Evasions count as the word: other widths and cases, accents,
/// look-alikes of other scripts, digits and signs for letters, blanks and signs between letters, masked letters (f*ck), drawn-out letters,
/// marks without width. Safe for concurrent use.
/// </summary>
/// <remarks>
/// Words in scripts with blanks match whole words only ("class" does not hold what its last three letters spell), unless they are pulled apart letter by letter.
/// Chinese words match anywhere. What no list can do is understand: quotations, new spellings, allusions. Use a vendor's censor besides where it matters.
/// </remarks>
public sealed class WordListCensor : ITextCensor
{
    readonly WordAutomaton automaton;
    readonly List<(WordEntry Entry, bool[] Gaps)> patterns = [];

    /// <summary>A censor for a list.</summary>
    /// <param name="words">The words; null for <see cref="WordList.BuiltIn"/>.</param>
    public WordListCensor(WordList? words = null)
    {
        var spellings = new List<string>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in (words ?? WordList.BuiltIn).Entries)
        {
            var word = NormalisedText.Of(entry.Word);
            bool[] gaps = [.. word.Gaps.Select(g => g != NormalisedText.Gap.None)];
            foreach (var spelling in Spellings(word.Letters))
            {
                if (!known.Add(spelling)) continue;
                spellings.Add(spelling);
                patterns.Add((entry, gaps));
            }
        }

        automaton = new(spellings);
    }

    /// <inheritdoc/>
    public Task<ContentJudgement> CensorAsync(string text, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(Judge(text));
    }

    /// <summary>Judges a text at once.</summary>
    /// <param name="text">The text, of any length. The time it takes grows with its length, not with the list's.</param>
    /// <returns><see cref="ContentVerdict.Block"/> with a finding for each category, whose words are the text's own; a pass where nothing is found.</returns>
    public ContentJudgement Judge(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var folded = NormalisedText.Of(text);
        var found = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        NormalisedText[] forms =
        [
            folded, folded.Squeezed(1), folded.Squeezed(2),
            NormalisedText.Of(text, NormalisedText.Reading.Masked), NormalisedText.Of(text, NormalisedText.Reading.Plain),
        ];
        foreach (var form in forms)
        {
            automaton.Find(form.Letters, (index, start) =>
            {
                var (entry, gaps) = patterns[index];
                if (!IsWord(form, start, gaps)) return;
                if (!found.TryGetValue(entry.Category, out var words)) found.Add(entry.Category, words = new(StringComparer.Ordinal));
                words.Add(form.Source[form.Starts[start]..EndOf(form, start + gaps.Length - 1)]);
            });
        }

        return found.Count == 0
            ? ContentJudgement.Passed
            : new(ContentVerdict.Block, [.. found.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => new ContentFinding(f.Key, 1) { Words = [.. f.Value.Order(StringComparer.Ordinal)] })]);
    }

    /// <summary>Up to the last letter, without what follows it.</summary>
    static int EndOf(NormalisedText text, int end)
    {
        var last = text.Starts[end - 1];
        return last + (char.IsHighSurrogate(text.Source[last]) && last + 1 < text.Source.Length ? 2 : 1);
    }

    /// <summary>A word as it is, and for scripts with blanks, with letters hidden: one, or all but the first and the last.</summary>
    static IEnumerable<string> Spellings(string letters)
    {
        yield return letters;
        if (letters.Length < 4 || !letters.All(NormalisedText.IsSpaced)) yield break;
        for (var i = 1; i < letters.Length - 1; i++) yield return string.Concat(letters.AsSpan(0, i), "*", letters.AsSpan(i + 1));
        for (var i = 1; i < letters.Length - 2; i++) yield return string.Concat(letters.AsSpan(0, i), "**", letters.AsSpan(i + 2));
        yield return string.Concat(letters.AsSpan(0, 1), new string('*', letters.Length - 2), letters.AsSpan(letters.Length - 1));
    }

    /// <summary>Whether letters that spell a word, or a phrase, are meant as one.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">The first letter.</param>
    /// <param name="gaps">Before which letters the phrase itself has gaps: at the first one, between its words, and at its end.</param>
    static bool IsWord(NormalisedText text, int start, bool[] gaps)
    {
        var length = gaps.Length - 1;
        var spaced = NormalisedText.IsSpaced(text.Letters[start]) && NormalisedText.IsSpaced(text.Letters[start + length - 1]);
        if (spaced && (!Begins(text, start) || !Begins(text, start + length))) return false;

        // Each of the phrase's words may be pulled apart on purpose: letter by letter, or with no more than one longer piece. Several
        // longer pieces ("the rapist") are words of their own, and a sentence's end inside a word means nothing unless all letters stand alone.
        for (var first = 0; first < length;)
        {
            var (end, begin, pieces, longer, widest) = (first + 1, first, 0, 0, NormalisedText.Gap.None);
            for (; ; end++)
            {
                var ends = end == length || gaps[end];
                if (!ends && text.Gaps[start + end] == NormalisedText.Gap.None) continue;
                if (!ends && text.Gaps[start + end] > widest) widest = text.Gaps[start + end];
                if (end - begin > 2) longer++;
                pieces++;
                begin = end;
                if (ends) break;
            }

            if (pieces > 1 && (widest == NormalisedText.Gap.Boundary ? pieces < end - first : spaced && longer > 1)) return false;

            // Two characters on either side of a comma, each within a word of its own, only happen to be neighbours.
            if (pieces == 2 && length == 2 && widest >= NormalisedText.Gap.Clause && text.Gaps[start] == NormalisedText.Gap.None && text.Gaps[start + 2] == NormalisedText.Gap.None) return false;
            first = end;
        }

        return true;
    }

    static bool Begins(NormalisedText text, int at) =>
        at == text.Letters.Length || text.Gaps[at] != NormalisedText.Gap.None || !NormalisedText.IsSpaced(text.Letters[at]) || (at > 0 && !NormalisedText.IsSpaced(text.Letters[at - 1]));
}
