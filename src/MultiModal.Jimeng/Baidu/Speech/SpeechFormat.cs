namespace MultiModal.Jimeng.Baidu.Speech;

/// <summary>What the bytes of a recording are.</summary>
public enum SpeechFormat
{
    /// <summary>16-bit little-endian mono samples without a header.</summary>
    Pcm,

    /// <summary>A WAV file. Any rate, sample format and channel count is accepted: what the service would refuse is converted here.</summary>
    Wav,

    /// <summary>An AMR file, sent as it is.</summary>
    Amr,

    /// <summary>An M4A file (AAC-LC, mono, constant bit rate 24 to 96 kbit/s), sent as it is.</summary>
    M4a,
}
