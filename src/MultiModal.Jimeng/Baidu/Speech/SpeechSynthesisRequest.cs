namespace MultiModal.Jimeng.Baidu.Speech;

/// <summary>Text to be spoken by the classic synthesis. Longer text than the service takes at once is split at sentences.</summary>
/// <param name="Text">The text, Chinese or English.</param>
public sealed record SpeechSynthesisRequest(string Text)
{
    /// <summary>The voice (per): 0 female, 1 male, 3 Du Xiaoyao, 4 Du Yaya, 5003, 5118, 106 and others premium.</summary>
    /// <value>The default is null: the service's own, 0.</value>
    public int? Voice { get; init; }

    /// <summary>Speed, 0 to 15.</summary>
    /// <value>The default is null: the service's own, 5.</value>
    public int? Speed { get; init; }

    /// <summary>Pitch, 0 to 15.</summary>
    /// <value>The default is null: the service's own, 5.</value>
    public int? Pitch { get; init; }

    /// <summary>Loudness, 0 to 15 (basic voices: 0 to 9).</summary>
    /// <value>The default is null: the service's own, 5.</value>
    public int? Volume { get; init; }

    /// <summary>What the speech comes as.</summary>
    /// <value>The default is null: the service's own, MP3.</value>
    public SpeechOutputFormat? Format { get; init; }

    /// <summary>
    /// Whether the text is percent-encoded before the form is: Baidu's manual asks for it, so that + and % survive; its Python and .NET
    /// SDKs do not do it.
    /// </summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool EncodeTwice { get; init; } = true;

    /// <summary>Who speaks, up to 60 characters; null takes <see cref="BaiduAIOptions.Cuid"/>.</summary>
    public string? Cuid { get; init; }

    /// <summary>Fields that this type does not know, sent along.</summary>
    public IReadOnlyDictionary<string, string>? Extra { get; init; }
}
