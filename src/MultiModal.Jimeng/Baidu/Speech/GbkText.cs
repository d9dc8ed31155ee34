using System.Text;

namespace MultiModal.Jimeng.Baidu.Speech;

/// <summary>Measures and splits text as Baidu counts it: in bytes of GBK (or of UTF-8 for the censor).</summary>
internal static class GbkText
{
    /// <summary>What the speech services count in.</summary>
    public static Encoding Gbk { get; } = CodePagesEncodingProvider.Instance.GetEncoding(936)!;

    /// <summary>Splits text into pieces of at most <paramref name="limit"/> bytes: after sentences, else after clauses, else between words, else between characters. Nothing is lost.</summary>
    public static IReadOnlyList<string> Split(string text, int limit, Encoding encoding)
    {
        if (encoding.GetByteCount(text) <= limit)
            return [text];
        var pieces = new List<string>();
        var start = 0;
        while (start < text.Length)
        {
            var length = Take(text.AsSpan(start), limit, encoding);
            pieces.Add(text.Substring(start, length));
            start += length;
        }

        return pieces;
    }

    static int Take(ReadOnlySpan<char> text, int limit, Encoding encoding)
    {
        int bytes = 0, length = 0, sentence = 0, clause = 0, word = 0;
        while (length < text.Length)
        {
            var step = char.IsHighSurrogate(text[length]) && length + 1 < text.Length && char.IsLowSurrogate(text[length + 1]) ? 2 : 1;
            bytes += encoding.GetByteCount(text.Slice(length, step));
            if (bytes > limit && length > 0)
                return Best(sentence, clause, word, length);
            length += step;
            switch (text[length - 1])
            {
                case '。' or '！' or '？' or '!' or '?' or '\n' or '…':
                    sentence = length;
                    break;
                case '.' when length == text.Length || char.IsWhiteSpace(text[length]):
                    sentence = length;
                    break;
                case '，' or '；' or '：' or '、' or ',' or ';' or ':':
                    clause = length;
                    break;
                case var c when char.IsWhiteSpace(c):
                    word = length;
                    break;
            }
        }

        return length;
    }

    // A break close to the beginning would make many small requests; then the next kind is better.
    static int Best(int sentence, int clause, int word, int end) =>
        sentence > end / 4 ? sentence : clause > end / 4 ? clause : word > end / 4 ? word : sentence > 0 ? sentence : end;
}
