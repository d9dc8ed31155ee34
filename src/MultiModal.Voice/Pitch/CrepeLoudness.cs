using MultiModal.Audio;
using MultiModal.Voice.Signal;

namespace MultiModal.Voice.Pitch;

/// <summary>How loud frames sound: decibels weighted by frequency (curve A of IEC 61672-1), averaged over frequencies, as torchcrepe has it.</summary>
static class CrepeLoudness
{
    const int Window = 1024;
    const double Least = -100, Reference = 20, Range = 80;

    /// <summary>Measures a sound.</summary>
    /// <param name="samples">One channel.</param>
    /// <param name="sampleRate">Its rate.</param>
    /// <param name="hop">Samples from frame to frame, at that rate.</param>
    /// <param name="frames">How many frames.</param>
    /// <returns>dB for each frame.</returns>
    public static float[] Measure(ReadOnlySpan<float> samples, int sampleRate, int hop, int frames)
    {
        var rate = CrepeFraming.SampleRate;
        var sound = sampleRate == rate ? samples : new Resampler(sampleRate, rate).Resample(samples);
        var step = (int)((long)hop * rate / sampleRate);
        var fft = new RealFft(Window);
        var weights = new double[fft.BinCount];
        for (var i = 0; i < weights.Length; i++) weights[i] = Weight((double)i * rate / Window) - Reference;
        var decibels = new double[frames * fft.BinCount];
        var (frame, re, im, loudest) = (new double[Window], new double[fft.BinCount], new double[fft.BinCount], double.NegativeInfinity);
        for (var t = 0; t < frames; t++)
        {
            for (var i = 0; i < Window; i++)
            {
                var at = (t * step) + i - (Window / 2);
                frame[i] = at >= 0 && at < sound.Length && float.IsFinite(sound[at]) ? sound[at] * (0.5 - (0.5 * Math.Cos(2 * Math.PI * i / Window))) : 0;
            }

            fft.Forward(frame, re, im);
            for (var i = 0; i < re.Length; i++)
                loudest = Math.Max(loudest, decibels[(t * re.Length) + i] = 20 * Math.Log10(Math.Max(1e-5, Math.Sqrt((re[i] * re[i]) + (im[i] * im[i])))));
        }

        var result = new float[frames];
        for (var t = 0; t < frames; t++)
        {
            var sum = 0.0;
            for (var i = 0; i < weights.Length; i++) sum += Math.Max(Least, Math.Max(decibels[(t * weights.Length) + i], loudest - Range) + weights[i]);
            result[t] = (float)(sum / weights.Length);
        }

        return result;
    }

    static double Weight(double hertz)
    {
        var f = hertz * hertz;
        var (a, b, c, d) = (12194.217 * 12194.217, 20.598997 * 20.598997, 107.65265 * 107.65265, 737.86223 * 737.86223);
        return Math.Max(-80, 2 + (20 * (Math.Log10(a) + (2 * Math.Log10(f)) - Math.Log10(f + a) - Math.Log10(f + b) - (0.5 * Math.Log10(f + c)) - (0.5 * Math.Log10(f + d)))));
    }
}
