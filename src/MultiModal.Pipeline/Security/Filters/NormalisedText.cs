using System.Globalization;
using System.Text;

namespace MultiModal.Pipeline.Security;

/// <summary>
/// A text as a word list reads it: letters and digits only, in one form each (width, case, accents, look-alikes of other scripts, digits and signs
/// that stand for letters), with the place each came from and what lay before it.
/// </summary>
sealed class NormalisedText
{
    const char Mask = '*';

    NormalisedText(string source, string letters, int[] starts, Gap[] gaps) => (Source, Letters, Starts, Gaps) = (source, letters, starts, gaps);

    /// <summary>What lies before a letter.</summary>
    public enum Gap : byte
    {
        /// <summary>Another letter.</summary>
        None,

        /// <summary>Blanks, signs, marks without width: what words are pulled apart with.</summary>
        Separator,

        /// <summary>A comma or a colon: parts that belong together less.</summary>
        Clause,

        /// <summary>The beginning, the end of a sentence or of a line.</summary>
        Boundary,
    }

    public string Source { get; }

    /// <summary>The letters, and '*' for signs that hide one.</summary>
    public string Letters { get; }

    /// <summary>Where in the source each letter begins; one more for the end.</summary>
    public int[] Starts { get; }

    /// <summary>What lies before each letter; one more for what lies after the last.</summary>
    public Gap[] Gaps { get; }

    /// <summary>How characters that are no letters are read.</summary>
    public enum Reading
    {
        /// <summary>Digits and signs stand for letters where letters are beside them.</summary>
        Folded,

        /// <summary>So, and '*' and '#' between letters hide one.</summary>
        Masked,

        /// <summary>Digits and signs only part words.</summary>
        Plain,
    }

    public static NormalisedText Of(string source, Reading reading = Reading.Folded)
    {
        var runes = source.EnumerateRunes().ToArray();
        var (letters, starts, gaps) = (new StringBuilder(source.Length), new List<int>(source.Length + 1), new List<Gap>(source.Length + 1));
        var (gap, position) = (Gap.Boundary, 0);
        for (var i = 0; i < runes.Length; i++)
        {
            var (rune, at) = (runes[i], position);
            position += rune.Utf16SequenceLength;
            if (IsInvisible(rune) || IsMark(rune)) continue;
            var folded = reading == Reading.Masked && IsMask(rune) ? (IsInside(runes, i) ? "*" : "")
                : LookAlikes.IsSign(rune) && (reading == Reading.Plain || !IsBeside(runes, i)) ? ""
                : reading == Reading.Plain && Rune.IsDigit(rune) ? "" : Fold(rune);
            foreach (var letter in folded)
            {
                letters.Append(letter);
                starts.Add(at);
                gaps.Add(gap);
                gap = Gap.None;
            }

            if (folded.Length == 0) gap = (Gap)Math.Max((byte)gap, (byte)GapOf(rune));
        }

        starts.Add(source.Length);
        gaps.Add(Gap.Boundary);
        return new(source, letters.ToString(), [.. starts], [.. gaps]);
    }

    /// <summary>The text with runs of three and more of the same letter cut to one or two.</summary>
    public NormalisedText Squeezed(int length)
    {
        var (letters, starts, gaps) = (new StringBuilder(Letters.Length), new List<int>(Starts.Length), new List<Gap>(Gaps.Length));
        for (var i = 0; i < Letters.Length;)
        {
            var end = i + 1;
            while (end < Letters.Length && Letters[end] == Letters[i]) end++;
            var kept = end - i >= 3 ? Math.Min(length, end - i) : end - i;
            for (var k = 0; k < kept; k++)
            {
                letters.Append(Letters[i]);
                starts.Add(Starts[i + k]);
                gaps.Add(Gaps[i + k]);
            }

            i = end;
        }

        starts.Add(Starts[^1]);
        gaps.Add(Gaps[^1]);
        return new(Source, letters.ToString(), [.. starts], [.. gaps]);
    }

    /// <summary>Whether a letter belongs to a script that sets blanks between words.</summary>
    public static bool IsSpaced(char letter) => letter is (>= 'a' and <= 'z') or (>= '0' and <= '9') or Mask || (char.IsLetter(letter) && letter < 0x2E80);

    /// <summary>The letters a character stands for: none for signs and blanks.</summary>
    static string Fold(Rune rune)
    {
        if (LookAlikes.Of(rune.Value) is { } known) return known.ToString();
        if (rune.IsAscii) return Rune.IsLetterOrDigit(rune) ? ((char)(rune.Value | 0x20)).ToString() : "";
        var result = "";
        foreach (var part in rune.ToString().Normalize(NormalizationForm.FormKD).EnumerateRunes())
        {
            if (IsMark(part) || !Rune.IsLetterOrDigit(part)) continue;
            var lower = Rune.ToLowerInvariant(part);
            result += LookAlikes.Of(lower.Value)?.ToString() ?? lower.ToString();
        }

        return result;
    }

    static bool IsMask(Rune rune) => rune.Value is '*' or '#' or '＊' or '＃' or '×';

    /// <summary>Letters on both sides, other masks between them left out.</summary>
    static bool IsInside(Rune[] runes, int at)
    {
        var (before, after) = (at - 1, at + 1);
        while (before >= 0 && IsMask(runes[before])) before--;
        while (after < runes.Length && IsMask(runes[after])) after++;
        return before >= 0 && after < runes.Length && Rune.IsLetterOrDigit(runes[before]) && Rune.IsLetterOrDigit(runes[after]);
    }

    /// <summary>A sign that stands for a letter has one beside it: on both sides where it is also a common mark.</summary>
    static bool IsBeside(Rune[] runes, int at)
    {
        bool Reads(int i) => i >= 0 && i < runes.Length && (Rune.IsLetterOrDigit(runes[i]) || (LookAlikes.IsSign(runes[i]) && !LookAlikes.IsCommonMark(runes[i])));
        return LookAlikes.IsCommonMark(runes[at]) ? Reads(at - 1) && Reads(at + 1) : Reads(at - 1) || Reads(at + 1);
    }

    static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.SpacingCombiningMark;

    static bool IsInvisible(Rune rune) => Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format || rune.Value is (>= 0xFE00 and <= 0xFE0F) or 0x00AD or 0x034F or 0x3164 or 0x115F or 0x1160;

    static Gap GapOf(Rune rune) => rune.Value switch
    {
        '\n' or '\r' or '?' or ';' or '。' or '！' or '？' or '；' or 0x2028 or 0x2029 => Gap.Boundary,
        ',' or ':' or '，' or '：' or '、' => Gap.Clause,
        _ => Gap.Separator,
    };
}
