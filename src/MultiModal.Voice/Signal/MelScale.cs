namespace MultiModal.Voice.Signal;

/// <summary>Which mel scale: how pitch is heard, roughly.</summary>
public enum MelScale
{
    /// <summary>M. Slaney's Auditory Toolbox, librosa's default: linear to 1000 Hz, logarithmic above.</summary>
    Slaney,

    /// <summary>The HTK Book's: 2595 log10(1 + f/700). RMVPE uses it.</summary>
    Htk,
}
