using System.Numerics;

namespace MultiModal.Voice.Pitch;

/// <summary>
/// The instantaneous frequency of harmonics at one point of a signal, from two spectra: one under a Blackman window of three periods, one under the
/// window's derivative (J. Flanagan and R. Golden, 1966; H. Kawahara et al., 1999). Only the few frequencies asked for are computed. For one thread.
/// </summary>
sealed class InstantaneousFrequency
{
    const int MaxHarmonics = 6;

    readonly double[] signal;
    readonly double rate;
    readonly int[] bins = new int[MaxHarmonics + Vector<double>.Count];
    readonly double[] powers = new double[MaxHarmonics + Vector<double>.Count];
    readonly double[] crosses = new double[MaxHarmonics + Vector<double>.Count];
    double[] main = [];
    double[] difference = [];
    int count;
    int size;

    internal InstantaneousFrequency(double[] signal, double rate) => (this.signal, this.rate) = (signal, rate);

    /// <summary>Windows the signal around a time for a pitch.</summary>
    /// <param name="time">The time in seconds.</param>
    /// <param name="hertz">The pitch, which sets the window's length.</param>
    /// <param name="harvest">Whether the window begins on the sample Harvest takes; StoneMask rounds every sample's position by itself.</param>
    internal void Load(double time, double hertz, bool harvest)
    {
        var half = (int)((1.5 * rate / hertz) + 1);
        count = (2 * half) + 1;
        var duration = count / rate;
        size = 1 << (2 + (int)(Math.Log(count) / 0.69314718055994529));
        if (main.Length < count)
            (main, difference) = (new double[2 * count], new double[2 * count]);
        var first = WorldSignal.Round(((time + (-half / rate)) * rate) + 0.001);
        if (harvest)
        {
            // Evenly spaced, so each angle is the last one turned by the same step.
            var (s, c) = Math.SinCos(2 * Math.PI * (((first - 1.0) / rate) - time) / duration);
            var (stepS, stepC) = Math.SinCos(2 * Math.PI / count);
            for (var i = 0; i < count; i++)
            {
                main[i] = Blackman(c);
                (c, s) = ((c * stepC) - (s * stepS), (s * stepC) + (c * stepS));
            }
        }
        else
        {
            for (var i = 0; i < count; i++)
                main[i] = Blackman(Math.Cos(2 * Math.PI * (((IndexOf(time, i - half) - 1.0) / rate) - time) / duration));
        }

        difference[0] = -main[1] / 2;
        for (var i = 1; i < count - 1; i++)
            difference[i] = -(main[i + 1] - main[i - 1]) / 2;
        difference[count - 1] = main[count - 2] / 2;
        for (var i = 0; i < count; i++)
        {
            var index = harvest ? first + i : IndexOf(time, i - half);
            var sample = signal[Math.Clamp(index - 1, 0, signal.Length - 1)];
            main[i] *= sample;
            difference[i] *= sample;
        }
    }

    /// <summary>The sample at a distance from a time; positions count from 1.</summary>
    int IndexOf(double time, int distance) => WorldSignal.Round((time + (distance / rate)) * rate);

    /// <summary>0.42 + 0.5 cos a + 0.08 cos 2a, from cos a.</summary>
    static double Blackman(double c) => 0.42 + (0.5 * c) + (0.08 * ((2 * c * c) - 1));

    /// <summary>The pitch that the harmonics of a pitch agree on, each with the weight of its amplitude.</summary>
    /// <param name="hertz">The pitch.</param>
    /// <param name="harmonics">How many, up to 6.</param>
    /// <returns>The corrected pitch, and how little the harmonics disagree (the inverse of their mean relative error).</returns>
    internal (double Hertz, double Score) Correct(double hertz, int harmonics)
    {
        for (var i = 0; i < harmonics; i++)
            bins[i] = Math.Min(WorldSignal.Round(hertz * size / rate * (i + 1)), size / 2);
        for (var first = 0; first < harmonics; first += Vector<double>.Count)
            Spectra(first);
        var (numerator, denominator, error) = (0.0, 0.0, 0.0);
        for (var i = 0; i < harmonics; i++)
        {
            var frequency = powers[i] == 0 ? 0 : ((double)bins[i] * rate / size) + (crosses[i] / powers[i] * rate / 2 / Math.PI);
            var amplitude = Math.Sqrt(powers[i]);
            numerator += amplitude * frequency;
            denominator += amplitude * (i + 1);
            error += Math.Abs(((frequency / (i + 1)) - hertz) / hertz);
        }

        const double tiny = 1e-12;
        return (numerator / (denominator + tiny), 1 / ((error / harmonics) + tiny));
    }

    /// <summary>
    /// The power of a few frequencies at once, and the cross term of the two spectra, by G. Goertzel's recurrence (1958). The phase it lacks is the same in
    /// both spectra and cancels.
    /// </summary>
    void Spectra(int first)
    {
        Span<double> lanes = stackalloc double[2 * Vector<double>.Count];
        for (var lane = 0; lane < Vector<double>.Count; lane++)
            (lanes[Vector<double>.Count + lane], lanes[lane]) = Math.SinCos(2 * Math.PI * bins[first + lane] / size);
        var cosines = new Vector<double>(lanes);
        var sines = new Vector<double>(lanes[Vector<double>.Count..]);
        var turn = cosines * 2;
        var (main1, main2, difference1, difference2) = (Vector<double>.Zero, Vector<double>.Zero, Vector<double>.Zero, Vector<double>.Zero);
        var mains = main.AsSpan(0, count);
        var differences = difference.AsSpan(0, count);
        for (var i = 0; i < mains.Length; i++)
        {
            (main2, main1) = (main1, (turn * main1) - main2 + new Vector<double>(mains[i]));
            (difference2, difference1) = (difference1, (turn * difference1) - difference2 + new Vector<double>(differences[i]));
        }

        var (mainR, mainI) = (main1 - (main2 * cosines), main2 * sines);
        var (differenceR, differenceI) = (difference1 - (difference2 * cosines), difference2 * sines);
        ((mainR * mainR) + (mainI * mainI)).CopyTo(powers, first);
        ((mainR * differenceI) - (mainI * differenceR)).CopyTo(crosses, first);
    }
}
