namespace MultiModal.Diffusion.Text;

/// <summary>The tokenizer of CLIP's text encoders: lower-cased words, split into byte pairs, as Hugging Face's CLIPTokenizerFast.</summary>
/// <remarks>
/// A prompt is brought to Unicode normalisation form C, runs of white space become one space, capitals small letters; words are
/// runs of letters, single digits, the contractions 's 't 're 've 'm 'll 'd, and runs of anything else; each word's UTF-8 bytes
/// are merged pair by pair. The names of the begin and end tokens (and added ones) are recognised in the text; the padding token
/// is not, because OpenCLIP pads with "!", and an exclamation mark in a prompt is no padding.
/// Safe for concurrent calls.
/// </remarks>
public sealed class ClipTokenizer
{
    /// <summary>The length every CLIP text encoder of Stable Diffusion takes: begin, 75 tokens, end.</summary>
    public const int DefaultLength = 77;

    readonly ClipVocabulary vocabulary;
    readonly BytePairEncoder encoder;
    readonly AddedTokens added;

    ClipTokenizer(ClipVocabulary vocabulary, BytePairEncoder encoder, AddedTokens added, int bos, int eos, int pad, int length)
    {
        this.vocabulary = vocabulary;
        this.encoder = encoder;
        this.added = added;
        BosId = bos;
        EosId = eos;
        PadId = pad;
        MaximumLength = length;
        CommaId = vocabulary.Find(",</w>");
    }

    /// <summary>The id of the token that begins a sequence.</summary>
    public int BosId { get; }

    /// <summary>The id of the token that ends a sequence.</summary>
    public int EosId { get; }

    /// <summary>The id that fills a sequence up: the end token for CLIP ViT-L, 0 for OpenCLIP.</summary>
    public int PadId { get; }

    /// <summary>The id of a comma that stands alone, where long prompts are best cut; null when the vocabulary has none.</summary>
    public int? CommaId { get; }

    /// <summary>How long sequences are, with begin and end; 77 for every known model.</summary>
    public int MaximumLength { get; }

    /// <summary>One more than the largest id, added tokens included: the rows the encoder's embedding must have.</summary>
    public int VocabularySize => added.VocabularySize;

    /// <summary>Loads a tokenizer from a folder as Hugging Face lays it out, or from CLIP's merges.txt alone, of which the vocabulary follows.</summary>
    /// <param name="folder">Holds vocab.json and merges.txt, and optionally tokenizer_config.json and special_tokens_map.json; or a merges.txt itself.</param>
    /// <param name="cancellationToken">Stops loading.</param>
    /// <exception cref="InvalidFileException">A file is missing, damaged, or contradicts another.</exception>
    public static async Task<ClipTokenizer> LoadAsync(string folder, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (File.Exists(folder))
        {
            var merges = await TokenizerFile.ReadAsync(folder, cancellationToken).ConfigureAwait(false);
            return await Task.Run(() => Create(MergesVocabulary.Of(merges, folder), folder, merges, folder, new()), cancellationToken).ConfigureAwait(false);
        }

        var vocabularyPath = Path.Combine(folder, "vocab.json");
        var mergesPath = Path.Combine(folder, "merges.txt");
        var vocabularyBytes = await TokenizerFile.ReadAsync(vocabularyPath, cancellationToken).ConfigureAwait(false);
        var mergesBytes = await TokenizerFile.ReadAsync(mergesPath, cancellationToken).ConfigureAwait(false);
        var settings = await ClipTokenizerSettings.LoadAsync(folder, cancellationToken).ConfigureAwait(false);
        return await Task.Run(() => Create(vocabularyBytes, vocabularyPath, mergesBytes, mergesPath, settings), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The ids of a prompt: begin, at most <see cref="MaximumLength"/> - 2 tokens, end, and padding up to <see cref="MaximumLength"/>.</summary>
    /// <param name="text">The prompt. What is too long is cut; <see cref="Tokenize"/> tells how long it was.</param>
    /// <returns>[MaximumLength] ids.</returns>
    public int[] Encode(string text) => Frame(Tokenize(text));

    /// <summary>Puts begin, end and padding around tokens.</summary>
    /// <param name="tokens">Ids; those beyond <see cref="MaximumLength"/> - 2 are left out.</param>
    /// <returns>[MaximumLength] ids.</returns>
    public int[] Frame(ReadOnlySpan<int> tokens)
    {
        if (tokens.Length > MaximumLength - 2)
            tokens = tokens[..(MaximumLength - 2)];
        var ids = new int[MaximumLength];
        ids[0] = BosId;
        tokens.CopyTo(ids.AsSpan(1));
        ids[tokens.Length + 1] = EosId;
        ids.AsSpan(tokens.Length + 2).Fill(PadId);
        return ids;
    }

    /// <summary>The ids of a text, without begin, end, padding or limit.</summary>
    /// <param name="text">Any text; unpaired surrogates count as U+FFFD.</param>
    public int[] Tokenize(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var ids = new List<int>(text.Length / 4 + 4);
        added.Split(text, ids, encoder.Encode);
        return [.. ids];
    }

    /// <summary>Looks a token up by its written form, as in vocab.json: words end in <c>&lt;/w&gt;</c>.</summary>
    /// <param name="token">The token, such as <c>cat&lt;/w&gt;</c>, or an added one.</param>
    /// <param name="id">Its id.</param>
    /// <returns>Whether there is such a token.</returns>
    public bool TryGetId(string token, out int id)
    {
        ArgumentNullException.ThrowIfNull(token);
        var found = added.Find(token) ?? vocabulary.Find(token);
        id = found ?? 0;
        return found is not null;
    }

    /// <summary>The written form of a token, as in vocab.json.</summary>
    /// <param name="id">Its id.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such id.</exception>
    public string TokenOf(int id) =>
        added.TokenOf(id) ?? vocabulary.TokenOf(id) ?? throw new ArgumentOutOfRangeException(nameof(id), id, $"The vocabulary has {VocabularySize} tokens.");

    /// <summary>A tokenizer that also knows these tokens (what textual inversion teaches). They are recognised anywhere in a text.</summary>
    /// <param name="tokens">Their written forms; found in a text in either case. Those already known keep their ids; new ones get the next ids in order.</param>
    /// <returns>A new tokenizer; this one does not change.</returns>
    /// <exception cref="ArgumentException">A token is empty or white space.</exception>
    public ClipTokenizer WithTokens(params IEnumerable<string> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        return new(vocabulary, encoder, added.With(tokens, vocabulary), BosId, EosId, PadId, MaximumLength);
    }

    /// <summary>A tokenizer that fills sequences up with another token.</summary>
    /// <param name="token">Its written form: "!" for OpenCLIP.</param>
    internal ClipTokenizer WithPadding(string token) => new(vocabulary, encoder, added, BosId, EosId, vocabulary.Find(token) ?? EosId, MaximumLength);

    internal static ClipTokenizer Create(byte[] vocabularyBytes, string vocabularyPath, byte[] mergesBytes, string mergesPath, ClipTokenizerSettings settings)
    {
        var vocabulary = ClipVocabulary.Parse(vocabularyBytes, vocabularyPath);
        var merges = ClipVocabulary.ParseMerges(mergesBytes, mergesPath, vocabulary);
        int Special(string token, string role) => vocabulary.Find(token)
            ?? throw new InvalidFileException(vocabularyPath, $"The {role} token '{token}' is not in the vocabulary.", null, "tokenizer_config.json and special_tokens_map.json must fit vocab.json.");
        var bos = Special(settings.Bos, "begin");
        var eos = Special(settings.Eos, "end");
        var pad = Special(settings.Pad, "padding");
        var unknown = Special(settings.Unknown, "unknown");
        var encoder = new BytePairEncoder(vocabulary, merges, unknown);
        var known = AddedTokens.Of(vocabulary.Size, (settings.Bos, bos), (settings.Eos, eos));
        return new(vocabulary, encoder, known, bos, eos, pad, settings.Length);
    }
}
