namespace MultiModal.Jimeng.Baidu.Speech;

/// <summary>What synthesised speech comes as (aue).</summary>
public enum SpeechOutputFormat
{
    /// <summary>MP3.</summary>
    Mp3 = 3,

    /// <summary>16-bit mono samples at 16 kHz, without a header.</summary>
    Pcm16k = 4,

    /// <summary>16-bit mono samples at 8 kHz, without a header.</summary>
    Pcm8k = 5,

    /// <summary>A WAV file, 16 kHz, 16-bit, mono.</summary>
    Wav = 6,
}
