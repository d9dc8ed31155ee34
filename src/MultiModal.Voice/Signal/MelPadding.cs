namespace MultiModal.Voice.Signal;

/// <summary>How a mel spectrogram treats the ends of a signal.</summary>
public enum MelPadding
{
    /// <summary><see cref="StftPadding.Vits"/>: samples / hop frames.</summary>
    Vits,

    /// <summary><see cref="StftPadding.NsfHifiGan"/>: samples / hop frames, at least one.</summary>
    NsfHifiGan,

    /// <summary><see cref="StftPadding.Centred"/>: samples / hop + 1 frames.</summary>
    Centred,
}
