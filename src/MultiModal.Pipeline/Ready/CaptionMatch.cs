using System.Globalization;
using System.Text;

namespace MultiModal.Pipeline.Ready;

/// <summary>How much of a text a caption says: the share of the text's pairs of neighbouring letters that the caption has too, in any language.</summary>
public static class CaptionMatch
{
    /// <summary>Compares a caption with the text it should say.</summary>
    /// <param name="text">The text.</param>
    /// <param name="caption">The caption.</param>
    /// <returns>0, nothing of it, to 1, all of it. Case, spaces and punctuation do not count; of an empty text every caption says all.</returns>
    public static double Score(string text, string caption)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(caption);
        var (wanted, seen) = (Letters(text), Letters(caption));
        if (wanted.Count <= 1)
            return wanted.All(seen.Contains) ? 1 : 0;
        var pairs = Pairs(wanted);
        return pairs.Count(Pairs(seen).Contains) / (double)pairs.Count;
    }

    static List<Rune> Letters(string text) =>
        [.. text.Normalize(NormalizationForm.FormKC).EnumerateRunes().Where(Rune.IsLetterOrDigit).Select(static rune => Rune.ToLower(rune, CultureInfo.InvariantCulture))];

    static HashSet<(Rune, Rune)> Pairs(List<Rune> letters) => [.. letters.Zip(letters.Skip(1))];
}
