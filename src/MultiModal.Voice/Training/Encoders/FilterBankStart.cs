using MultiModal.Runtime;

namespace MultiModal.Voice.Training.Encoders;

/// <summary>
/// A first value for the convolution over the waveform: windowed cosines on the mel scale, four phases of each. Rectified and added up they give
/// magnitudes, which is what networks that begin with noise spend most of their time to find.
/// </summary>
static class FilterBankStart
{
    const int Phases = 4;
    const double Lowest = 80, Highest = 7600, SampleRate = 16000;

    /// <summary>Fills a weight [channels, 1, kernel].</summary>
    public static void Fill(TensorData weight)
    {
        var (channels, kernel) = ((int)weight.Dimensions[0], (int)weight.Dimensions[2]);
        var bands = (channels + Phases - 1) / Phases;
        var values = weight.Floats;
        for (var c = 0; c < channels; c++)
        {
            var (band, phase) = (c / Phases, c % Phases);
            var hertz = FromMel(Mel(Lowest) + ((Mel(Highest) - Mel(Lowest)) * band / Math.Max(1, bands - 1)));
            // As wide as the bands are apart; low bands take the whole kernel.
            var width = Math.Min(kernel, 2 * SampleRate / (FromMel(Mel(hertz) + ((Mel(Highest) - Mel(Lowest)) / bands)) - hertz));
            for (var n = 0; n < kernel; n++)
            {
                var at = n - ((kernel - 1) / 2.0);
                var window = Math.Abs(at) < width / 2 ? 0.5 + (0.5 * Math.Cos(2 * Math.PI * at / width)) : 0;
                values[(c * kernel) + n] = (float)(window * Math.Cos((2 * Math.PI * hertz * at / SampleRate) + (Math.PI * phase / 2)) * 2 / Math.Sqrt(width));
            }
        }
    }

    static double Mel(double hertz) => 2595 * Math.Log10(1 + (hertz / 700));

    static double FromMel(double mel) => 700 * (Math.Pow(10, mel / 2595) - 1);
}
