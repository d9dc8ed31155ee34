using System.Text.Json.Nodes;

namespace MultiModal.Jimeng.Baidu.Speech;

/// <summary>A recording of up to 60 seconds to be turned into text.</summary>
public sealed record SpeechRecognitionRequest
{
    /// <summary>Makes a request for a recording.</summary>
    /// <param name="audio">The bytes of the recording, as <see cref="Format"/> says.</param>
    public SpeechRecognitionRequest(ReadOnlyMemory<byte> audio) => Audio = audio;

    /// <summary>Makes a request for a recording that the service fetches itself and answers to a callback (the legacy way).</summary>
    /// <param name="audioUrl">Where the recording lies.</param>
    /// <param name="callback">Where the service sends the text.</param>
    public SpeechRecognitionRequest(Uri audioUrl, Uri callback)
    {
        AudioUrl = audioUrl;
        Callback = callback;
    }

    /// <summary>The bytes of the recording; empty where <see cref="AudioUrl"/> is set.</summary>
    public ReadOnlyMemory<byte> Audio { get; }

    /// <summary>Where the recording lies, or null where its bytes are sent.</summary>
    public Uri? AudioUrl { get; }

    /// <summary>Where the text is sent to, beside <see cref="AudioUrl"/>.</summary>
    public Uri? Callback { get; }

    /// <summary>What the bytes are.</summary>
    /// <value>The default is <see cref="SpeechFormat.Pcm"/>.</value>
    public SpeechFormat Format { get; init; }

    /// <summary>Samples a second: 16000, or 8000 for Mandarin. For a WAV file its header counts.</summary>
    /// <value>The default is 16000.</value>
    public int SampleRate { get; init; } = 16000;

    /// <summary>The model (dev_pid), see <see cref="SpeechModels"/>.</summary>
    /// <value>The default is null: the service's own, Mandarin.</value>
    public int? Model { get; init; }

    /// <summary>The self-trained model (lm_id) beside <see cref="SpeechModels.SelfTrained"/>.</summary>
    public int? LanguageModelId { get; init; }

    /// <summary>Whether the recording is sent as raw bytes instead of base64 in JSON: a quarter smaller.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool Raw { get; init; }

    /// <summary>
    /// Whether a recording is sent even where its rate, sample format or channels are none that the service documents. Otherwise such a
    /// WAV file or such samples are turned into 16 kHz, 16-bit, mono first.
    /// </summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool AsGiven { get; init; }

    /// <summary>Who speaks, up to 60 characters; null takes <see cref="BaiduAIOptions.Cuid"/>.</summary>
    public string? Cuid { get; init; }

    /// <summary>Fields that this type does not know, sent along in JSON.</summary>
    public JsonObject? Extra { get; init; }
}
