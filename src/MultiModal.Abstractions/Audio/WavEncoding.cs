namespace MultiModal.Audio;

/// <summary>How a WAV file stores a sample.</summary>
public enum WavEncoding
{
    /// <summary>8-bit integers without sign, 128 being silence.</summary>
    Pcm8,

    /// <summary>16-bit integers.</summary>
    Pcm16,

    /// <summary>24-bit integers.</summary>
    Pcm24,

    /// <summary>32-bit integers.</summary>
    Pcm32,

    /// <summary>32-bit floating point: what samples are in memory, so nothing is lost.</summary>
    Float32,

    /// <summary>64-bit floating point.</summary>
    Float64,

    /// <summary>ITU-T G.711 A-law, 8 bits; read only.</summary>
    ALaw,

    /// <summary>ITU-T G.711 mu-law, 8 bits; read only.</summary>
    MuLaw,
}
