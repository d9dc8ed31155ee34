using System.Globalization;
using System.Text;

namespace MultiModal.Diffusion.Text;

/// <summary>What CLIP takes for a word, by its rule <c>'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+</c>; and the text it is applied to.</summary>
static class ClipWords
{
    static readonly string[] Contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    enum Kind
    {
        Space,
        Letter,
        Number,
        Other,
    }

    /// <summary>Cuts the next word off a normalised text.</summary>
    /// <returns>False when there is none.</returns>
    public static bool Next(ref ReadOnlySpan<char> text, out ReadOnlySpan<char> word)
    {
        text = text.TrimStart();
        word = text;
        if (text.IsEmpty)
            return false;
        var length = WordLength(text);
        word = text[..length];
        text = text[length..];
        return true;
    }

    /// <summary>Form C, runs of white space as one space, small letters; the form words are cut from.</summary>
    public static string Normalise(ReadOnlySpan<char> text)
    {
        var valid = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            valid.Append(rune.ToString());
        var composed = valid.ToString().Normalize(NormalizationForm.FormC);
        var result = valid.Clear();
        var space = false;
        foreach (var rune in composed.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune))
            {
                if (!space)
                    result.Append(' ');
                space = true;
                continue;
            }

            space = false;

            // The one letter whose small form is two characters in every language (SpecialCasing.txt).
            result.Append(rune.Value == 0x130 ? "i\u0307" : Rune.ToLowerInvariant(rune).ToString());
        }

        return result.ToString();
    }

    static int WordLength(ReadOnlySpan<char> text)
    {
        if (text[0] == '\'')
        {
            foreach (var contraction in Contractions)
            {
                if (text.StartsWith(contraction, StringComparison.Ordinal))
                    return contraction.Length;
            }
        }

        var kind = KindOf(text, out var length);
        if (kind == Kind.Number)
            return length;
        while (length < text.Length && KindOf(text[length..], out var more) == kind)
            length += more;
        return length;
    }

    static Kind KindOf(ReadOnlySpan<char> text, out int length)
    {
        _ = Rune.DecodeFromUtf16(text, out var rune, out length);
        if (Rune.IsWhiteSpace(rune))
            return Kind.Space;
        return Rune.GetUnicodeCategory(rune) switch
        {
            <= UnicodeCategory.OtherLetter => Kind.Letter,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Kind.Number,
            _ => Kind.Other,
        };
    }
}
