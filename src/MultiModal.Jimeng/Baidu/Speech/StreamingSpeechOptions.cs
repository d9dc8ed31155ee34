namespace MultiModal.Jimeng.Baidu.Speech;

/// <summary>How text is spoken while it arrives.</summary>
public sealed record StreamingSpeechOptions
{
    /// <summary>The voice (per).</summary>
    /// <value>The default is 0.</value>
    public int Voice { get; init; }

    /// <summary>Speed, 0 to 15.</summary>
    /// <value>The default is 5.</value>
    public int Speed { get; init; } = 5;

    /// <summary>Pitch, 0 to 15.</summary>
    /// <value>The default is 5.</value>
    public int Pitch { get; init; } = 5;

    /// <summary>Loudness, 0 to 15.</summary>
    /// <value>The default is 5.</value>
    public int Volume { get; init; } = 5;

    /// <summary>What the speech comes as.</summary>
    /// <value>The default is <see cref="SpeechOutputFormat.Pcm16k"/>.</value>
    public SpeechOutputFormat Format { get; init; } = SpeechOutputFormat.Pcm16k;

    /// <summary>Samples a second.</summary>
    /// <value>The default is 16000.</value>
    public int SampleRate { get; init; } = 16000;

    /// <summary>How long the service may be silent, once text was sent, before the session is given up.</summary>
    /// <value>The default is 30 seconds.</value>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
