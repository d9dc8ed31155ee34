using MultiModal.Voice.Signal;

namespace MultiModal.Benchmarks.DemoVoice;

/// <summary>Mel cepstra of speech at 16 kHz: what a sound is like without its loudness.</summary>
static class Cepstra
{
    /// <summary>Coefficients of a frame, without the one of loudness.</summary>
    public const int Count = 24;

    const int Mels = 40;

    static readonly MelSpectrogram Spectrogram = new(new() { SampleRate = 16000, FftSize = 512, Hop = 160, Mels = Mels, Lowest = 60, Highest = 7600 });

    /// <summary>One row for each 10 ms in which something is heard.</summary>
    public static IReadOnlyList<double[]> Of(ReadOnlySpan<float> samples)
    {
        var mels = Spectrogram.Compute(samples);
        var frames = mels.Length / Mels;
        var loudness = Enumerable.Range(0, frames).Select(t => Enumerable.Range(0, Mels).Average(m => (double)mels[(m * frames) + t])).ToArray();
        // Within 35 dB of the loudest frame, in units of natural logarithms of magnitudes.
        var threshold = loudness.Max() - (35 * Math.Log(10) / 20);
        var rows = new List<double[]>();
        for (var t = 0; t < frames; t++)
        {
            if (loudness[t] < threshold) continue;
            var row = new double[Count];
            for (var c = 0; c < Count; c++)
                for (var m = 0; m < Mels; m++) row[c] += mels[(m * frames) + t] * Math.Cos(Math.PI * (c + 1) * (m + 0.5) / Mels) * Math.Sqrt(2.0 / Mels);
            rows.Add(row);
        }

        return rows;
    }

    /// <summary>
    /// The mel-cepstral distance of two renditions of a sentence in dB (Kubichek 1993), frames being matched by dynamic time warping.
    /// </summary>
    public static double Distance(IReadOnlyList<double[]> a, IReadOnlyList<double[]> b)
    {
        var cost = new double[a.Count + 1, b.Count + 1];
        var length = new int[a.Count + 1, b.Count + 1];
        for (var i = 0; i <= a.Count; i++)
        {
            for (var j = 0; j <= b.Count; j++)
            {
                if (i == 0 || j == 0)
                {
                    cost[i, j] = i == j ? 0 : double.PositiveInfinity;
                    continue;
                }

                var (best, steps) = (cost[i - 1, j - 1], length[i - 1, j - 1]);
                if (cost[i - 1, j] < best) (best, steps) = (cost[i - 1, j], length[i - 1, j]);
                if (cost[i, j - 1] < best) (best, steps) = (cost[i, j - 1], length[i, j - 1]);
                cost[i, j] = best + Between(a[i - 1], b[j - 1]);
                length[i, j] = steps + 1;
            }
        }

        // The cosines above have the orthonormal scale; the coefficients of the definition are sqrt(2 / mels) times theirs.
        return 10 * Math.Sqrt(2) / Math.Log(10) * Math.Sqrt(2.0 / Mels) * cost[a.Count, b.Count] / length[a.Count, b.Count];
    }

    /// <summary>What a voice is like on average: means and deviations of the coefficients.</summary>
    public static double[] Portrait(IEnumerable<IReadOnlyList<double[]>> speech)
    {
        var rows = speech.SelectMany(s => s).ToList();
        var portrait = new double[2 * Count];
        for (var c = 0; c < Count; c++)
        {
            portrait[c] = rows.Average(r => r[c]);
            portrait[Count + c] = Math.Sqrt(rows.Average(r => (r[c] - portrait[c]) * (r[c] - portrait[c])));
        }

        return portrait;
    }

    /// <summary>The Euclidean distance.</summary>
    public static double Between(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++) sum += (a[i] - b[i]) * (a[i] - b[i]);
        return Math.Sqrt(sum);
    }
}
