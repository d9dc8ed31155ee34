namespace MultiModal.Voice.Signal;

/// <summary>What a mel spectrogram is made of. The networks of this SDK each have theirs.</summary>
public sealed record MelSpectrogramOptions
{
    /// <summary>Samples a second, in Hz.</summary>
    public required int SampleRate { get; init; }

    /// <summary>Samples of a frame.</summary>
    public required int FftSize { get; init; }

    /// <summary>Samples of the Hann window; the frame's when null.</summary>
    public int? WindowLength { get; init; }

    /// <summary>Samples from frame to frame.</summary>
    public required int Hop { get; init; }

    /// <summary>The number of mels.</summary>
    public required int Mels { get; init; }

    /// <summary>Where the first filter begins, in Hz; 0 by default.</summary>
    public double Lowest { get; init; }

    /// <summary>Where the last filter ends, in Hz; half the sample rate when null.</summary>
    public double? Highest { get; init; }

    /// <summary>The mel scale; Slaney's by default.</summary>
    public MelScale Scale { get; init; } = MelScale.Slaney;

    /// <summary>How the ends are treated; as VITS does by default.</summary>
    public MelPadding Padding { get; init; } = MelPadding.Vits;

    /// <summary>Added under the root of the magnitude; 1e-6 by default.</summary>
    public double Epsilon { get; init; } = 1e-6;

    /// <summary>The least value before the logarithm; 1e-5 by default.</summary>
    public double Clamp { get; init; } = 1e-5;

    /// <summary>so-vits-svc's training target: 44.1 kHz, 80 mels to 22050 Hz, hop 512.</summary>
    public static MelSpectrogramOptions Svc { get; } = new() { SampleRate = 44100, FftSize = 2048, Hop = 512, Mels = 80, Highest = 22050 };

    /// <summary>The NSF-HiFiGAN vocoder of openvpi and the shallow diffusion in front of it: 44.1 kHz, 128 mels from 40 to 16000 Hz, hop 512.</summary>
    public static MelSpectrogramOptions NsfHifiGan { get; } = new()
    {
        SampleRate = 44100, FftSize = 2048, Hop = 512, Mels = 128, Lowest = 40, Highest = 16000, Epsilon = 1e-9, Padding = MelPadding.NsfHifiGan,
    };

    /// <summary>RMVPE's input: 16 kHz, 128 mels from 30 to 8000 Hz on HTK's scale, hop 160, centred.</summary>
    public static MelSpectrogramOptions Rmvpe { get; } = new()
    {
        SampleRate = 16000, FftSize = 1024, Hop = 160, Mels = 128, Lowest = 30, Highest = 8000, Scale = MelScale.Htk, Epsilon = 0, Padding = MelPadding.Centred,
    };

    /// <summary>FCPE's input: 16 kHz, 128 mels to 8000 Hz, hop 160.</summary>
    public static MelSpectrogramOptions Fcpe { get; } = new()
    {
        SampleRate = 16000, FftSize = 1024, Hop = 160, Mels = 128, Highest = 8000, Epsilon = 1e-9, Padding = MelPadding.NsfHifiGan,
    };
}
