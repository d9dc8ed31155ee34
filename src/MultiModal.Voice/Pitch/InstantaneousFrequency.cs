namespace MultiModal.Voice.Pitch;

/// <summary>
/// The instantaneous frequency of harmonics at one point of a signal, from two spectra: one under a Blackman window of three periods, one under the
/// window's derivative (J. Flanagan and R. Golden, 1966; H. Kawahara et al., 1999). Only the few frequencies asked for are computed. For one thread.
/// </summary>
sealed class InstantaneousFrequency
{
    readonly double[] signal;
    readonly double rate;
    readonly Dictionary<int, (double[] Cosines, double[] Sines)> tables = [];
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
    /// <param name="harmonics">How many.</param>
    /// <returns>The corrected pitch, and how little the harmonics disagree (the inverse of their mean relative error).</returns>
    internal (double Hertz, double Score) Correct(double hertz, int harmonics)
    {
        var (numerator, denominator, error) = (0.0, 0.0, 0.0);
        for (var harmonic = 1; harmonic <= harmonics; harmonic++)
        {
            var bin = Math.Min(WorldSignal.Round(hertz * size / rate * harmonic), size / 2);
            var (power, cross) = Spectra(bin);
            var frequency = power == 0 ? 0 : (bin * rate / size) + (cross / power * rate / 2 / Math.PI);
            var amplitude = Math.Sqrt(power);
            numerator += amplitude * frequency;
            denominator += amplitude * harmonic;
            error += Math.Abs(((frequency / harmonic) - hertz) / hertz);
        }

        const double tiny = 1e-12;
        return (numerator / (denominator + tiny), 1 / ((error / harmonics) + tiny));
    }

    (double Power, double Cross) Spectra(int bin)
    {
        if (!tables.TryGetValue(size, out var table))
        {
            table = (new double[size], new double[size]);
            for (var i = 0; i < size; i++)
                (table.Sines[i], table.Cosines[i]) = Math.SinCos(-2 * Math.PI * i / size);
            tables.Add(size, table);
        }

        var (cosines, sines, mask) = (table.Cosines, table.Sines, size - 1);
        var (mainR, mainI, differenceR, differenceI) = (0.0, 0.0, 0.0, 0.0);
        for (int i = 0, at = 0; i < count; i++, at = (at + bin) & mask)
        {
            var (c, s) = (cosines[at], sines[at]);
            mainR += main[i] * c;
            mainI += main[i] * s;
            differenceR += difference[i] * c;
            differenceI += difference[i] * s;
        }

        return ((mainR * mainR) + (mainI * mainI), (mainR * differenceI) - (mainI * differenceR));
    }
}
