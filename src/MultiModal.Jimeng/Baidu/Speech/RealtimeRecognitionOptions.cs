namespace MultiModal.Jimeng.Baidu.Speech;

/// <summary>How sound is recognised while it arrives.</summary>
public sealed record RealtimeRecognitionOptions
{
    /// <summary>The model (dev_pid): 15372 Mandarin with punctuation, 17372 English, 19362 far from the microphone.</summary>
    /// <value>The default is 15372.</value>
    public int Model { get; init; } = 15372;

    /// <summary>Samples a second of the 16-bit mono sound.</summary>
    /// <value>The default is 16000.</value>
    public int SampleRate { get; init; } = 16000;

    /// <summary>How much sound a frame carries.</summary>
    /// <value>The default is 160 ms, as the service advises.</value>
    public TimeSpan Frame { get; init; } = TimeSpan.FromMilliseconds(160);

    /// <summary>Whether frames are sent no faster than the sound lasts. The service demands it; a live source paces itself.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool Pace { get; init; } = true;

    /// <summary>How long the service may be silent (its heartbeats count) before the session is given up.</summary>
    /// <value>The default is 30 seconds.</value>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether the newer recogniser (qianfan-asr) is used, which takes a token or bearer key instead of the application id.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool LargeModel { get; init; }

    /// <summary>Who speaks; null takes <see cref="BaiduAIOptions.Cuid"/>.</summary>
    public string? Cuid { get; init; }
}
