using System.Text;
using System.Text.Json;

namespace MultiModal.Diffusion.Text;

/// <summary>vocab.json: the tokens and their ids; and merges.txt: which pairs become one token, the earlier the sooner.</summary>
sealed class ClipVocabulary
{
    // CLIPTokenizer reads no more of them: 49,152 tokens less 256 bytes and the two special ones.
    const int MaximumMerges = 49152 - 256 - 2;
    const int MaximumId = (1 << 24) - 1;

    static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    readonly Dictionary<string, int> ids;
    readonly Dictionary<int, string> tokens;

    ClipVocabulary(Dictionary<string, int> ids, Dictionary<int, string> tokens)
    {
        this.ids = ids;
        this.tokens = tokens;
        Size = tokens.Keys.Max() + 1;
    }

    /// <summary>One more than the largest id.</summary>
    public int Size { get; }

    public int? Find(string token) => ids.TryGetValue(token, out var id) ? id : null;

    public string? TokenOf(int id) => tokens.GetValueOrDefault(id);

    public static ClipVocabulary Parse(byte[] bytes, string path)
    {
        var json = TokenizerFile.WithoutMark(bytes);
        var reader = new Utf8JsonReader(json);
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        var tokens = new Dictionary<int, string>();
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                throw Damaged(json, "The file does not hold a JSON object of tokens and ids.", ref reader, path);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var token = reader.GetString()!;
                reader.Read();
                if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out var id) || id is < 0 or > MaximumId)
                    throw Damaged(json, $"The id of the token '{token}' is not a whole number from 0 to {MaximumId}.", ref reader, path);
                if (!ids.TryAdd(token, id))
                    throw Damaged(json, $"The token '{token}' is there twice.", ref reader, path);
                if (!tokens.TryAdd(id, token))
                    throw Damaged(json, $"The tokens '{tokens[id]}' and '{token}' have the same id {id}.", ref reader, path);
            }

            // Reads on to the end, so that anything behind the object is an error.
            while (reader.Read())
            {
            }
        }
        catch (JsonException e)
        {
            throw TokenizerFile.NotJson(path, e);
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidFileException(path, "A token is not valid text.", TokenizerFile.Line(json, reader.TokenStartIndex), null, e);
        }

        return ids.Count > 0 ? new(ids, tokens) : throw new InvalidFileException(path, "The vocabulary is empty.");
    }

    public static Dictionary<long, BytePairMerge> ParseMerges(byte[] bytes, string path, ClipVocabulary vocabulary)
    {
        string text;
        try
        {
            text = Utf8.GetString(TokenizerFile.WithoutMark(bytes));
        }
        catch (DecoderFallbackException e)
        {
            throw new InvalidFileException(path, "The file is not UTF-8.", TokenizerFile.Line(bytes, Utf8Prefix(bytes)), null, e);
        }

        var merges = new Dictionary<long, BytePairMerge>();
        var (line, rank) = (0, 0);
        foreach (var range in text.AsSpan().TrimEnd().Split('\n'))
        {
            line++;
            var row = text.AsSpan()[range].TrimEnd('\r');
            if (line == 1 && (row.IsEmpty || row.Contains("#version", StringComparison.Ordinal)))
                continue;
            if (rank == MaximumMerges)
                break;
            var space = row.IndexOf(' ');
            if (space <= 0 || space == row.Length - 1 || row[(space + 1)..].Contains(' '))
                throw new InvalidFileException(path, "A line must hold two tokens with one space between them.", $"line {line}");
            var (first, second) = (row[..space].ToString(), row[(space + 1)..].ToString());
            var merge = new BytePairMerge(rank++, Id(first + second));
            merges[BytePairEncoder.Key(Id(first), Id(second))] = merge;
        }

        return merges;

        int Id(string token) => vocabulary.Find(token)
            ?? throw new InvalidFileException(path, $"The token '{token}' is not in the vocabulary.", $"line {line}", "merges.txt and vocab.json must come from one tokenizer.");
    }

    /// <summary>How many bytes from the start are valid UTF-8.</summary>
    static int Utf8Prefix(ReadOnlySpan<byte> bytes)
    {
        var position = 0;
        while (Rune.DecodeFromUtf8(bytes[position..], out _, out var read) == System.Buffers.OperationStatus.Done)
            position += read;
        return position;
    }

    static InvalidFileException Damaged(ReadOnlySpan<byte> json, string problem, ref Utf8JsonReader reader, string path) =>
        new(path, problem, TokenizerFile.Line(json, reader.TokenStartIndex));
}
