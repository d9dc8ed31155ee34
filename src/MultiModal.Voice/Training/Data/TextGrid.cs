using System.Globalization;

namespace MultiModal.Voice.Training.Data;

/// <summary>
/// Praat's TextGrid. The long form ("xmin = 0.5") and the short one (just 0.5) hold the same values in the same order, so that a reader that
/// takes only numbers and quoted texts reads both (Praat manual, "TextGrid file formats").
/// </summary>
static class TextGrid
{
    static readonly string[] PhoneTiers = ["phones", "phone", "phonemes", "phoneme", "segments"];

    /// <summary>The tier of phonemes by its usual names; the last tier of intervals where no name tells.</summary>
    public static List<PhonemeInterval> Read(string text, string name)
    {
        var values = new Values(text, name);
        if (values.Text() != "ooTextFile" || values.Text() != "TextGrid")
            throw new InvalidFileException(name, "this is neither a TextGrid nor JSON.", remedy: "Save it from Praat as a text file.");
        values.Number();
        values.Number();
        var tiers = values.Count();
        List<PhonemeInterval>? chosen = null;
        for (var i = 0; i < tiers; i++)
        {
            var kind = values.Text();
            var title = values.Text();
            values.Number();
            values.Number();
            var count = values.Count();
            if (kind == "TextTier")
            {
                for (var j = 0; j < count; j++)
                {
                    values.Number();
                    values.Text();
                }

                continue;
            }

            if (kind != "IntervalTier") throw new InvalidFileException(name, $"a tier is '{kind}', which is no kind of tier.");
            var intervals = new List<PhonemeInterval>();
            for (var j = 0; j < count; j++)
            {
                var (start, end) = (values.Number(), values.Number());
                intervals.Add(new(values.Text(), start, end));
            }

            chosen = intervals;
            if (PhoneTiers.Contains(title, StringComparer.OrdinalIgnoreCase)) return intervals;
        }

        return chosen ?? throw new InvalidFileException(name, "the TextGrid has no tier of intervals.");
    }

    sealed class Values(string text, string name)
    {
        int at;

        public string Text()
        {
            at = text.IndexOf('"', at);
            if (at < 0) throw Ended();
            var result = new System.Text.StringBuilder();
            for (at++; at < text.Length; at++)
            {
                if (text[at] != '"')
                {
                    result.Append(text[at]);
                    continue;
                }

                // A quotation mark in a text is doubled.
                at++;
                if (at >= text.Length || text[at] != '"') return result.ToString();
                result.Append('"');
            }

            throw Ended();
        }

        /// <summary>The next number that stands alone: names of the long form have numbers in brackets ("intervals [2]:").</summary>
        public double Number()
        {
            while (at < text.Length)
            {
                while (at < text.Length && (char.IsWhiteSpace(text[at]) || text[at] == '=')) at++;
                var start = at;
                while (at < text.Length && !char.IsWhiteSpace(text[at])) at++;
                if (double.TryParse(text.AsSpan(start, at - start), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return number;
            }

            throw Ended();
        }

        public int Count() => Number() is var count && count >= 0 && count <= text.Length && count == Math.Floor(count) ? (int)count
            : throw new InvalidFileException(name, "a count of tiers or intervals is none.");

        InvalidFileException Ended() => new(name, "the TextGrid ends too early.");
    }
}
