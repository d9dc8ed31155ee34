namespace MultiModal.Voice.Signal;

/// <summary>What a signal is given at its ends before it is cut into frames.</summary>
/// <param name="Left">Samples before the first.</param>
/// <param name="Right">Samples after the last.</param>
/// <param name="Reflect">Whether they mirror the signal (without repeating its end); else they are zeros.</param>
public readonly record struct StftPadding(int Left, int Right, bool Reflect = true)
{
    /// <summary>Half a frame on both sides, so that frame i is centred on sample i times the hop (torch's <c>center=True</c>).</summary>
    /// <param name="fftSize">Samples of a frame.</param>
    public static StftPadding Centred(int fftSize) => new(fftSize / 2, fftSize / 2);

    /// <summary>(frame - hop) / 2 on both sides, which gives samples / hop frames: VITS and so-vits-svc's spectrograms.</summary>
    /// <param name="fftSize">Samples of a frame.</param>
    /// <param name="hop">Samples from frame to frame.</param>
    public static StftPadding Vits(int fftSize, int hop) => new((fftSize - hop) / 2, (fftSize - hop) / 2);

    /// <summary>As <see cref="Vits"/>, longer for very short sounds, with zeros where there is too little to mirror: NSF-HiFiGAN's and FCPE's spectrograms.</summary>
    /// <param name="windowLength">Samples of the window.</param>
    /// <param name="hop">Samples from frame to frame.</param>
    /// <param name="samples">The length of the signal.</param>
    public static StftPadding NsfHifiGan(int windowLength, int hop, int samples)
    {
        var left = (windowLength - hop) / 2;
        var right = Math.Max((windowLength - hop + 1) / 2, windowLength - samples - left);
        return new(left, right, right < samples);
    }
}
