namespace MultiModal.Jimeng.Baidu.Speech;

/// <summary>Spoken text.</summary>
/// <param name="Audio">The sound's bytes.</param>
/// <param name="MediaType">What they are, such as <c>audio/mp3</c>.</param>
/// <param name="Format">What was asked for.</param>
/// <param name="Segments">Into how many requests the text was split.</param>
public sealed record SynthesizedSpeech(ReadOnlyMemory<byte> Audio, string MediaType, SpeechOutputFormat Format, int Segments)
{
    /// <summary>Samples a second: 16000 or 8000, or null for MP3, whose header has it.</summary>
    public int? SampleRate => Format switch
    {
        SpeechOutputFormat.Mp3 => null,
        SpeechOutputFormat.Pcm8k => 8000,
        _ => 16000,
    };
}
