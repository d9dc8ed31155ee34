namespace MultiModal.Voice.Pitch;

/// <summary>
/// How often a filtered signal swings, seen four ways: from one falling zero crossing to the next, one rising one to the next, one peak to the next and
/// one dip to the next (M. Morise et al., "Fast and reliable F0 estimation method based on the period extraction of vocal fold vibration", 2009).
/// </summary>
sealed class ZeroCrossings(double sampleRate)
{
    readonly Intervals[] ways = [new(), new(), new(), new()];
    readonly double[][] contours = [[], [], [], []];

    /// <summary>The frequency of each way at the given times, or null where the signal swings too seldom to tell.</summary>
    /// <param name="signal">The filtered signal; overwritten.</param>
    /// <param name="times">Where to look, in seconds, rising.</param>
    internal double[][]? Frequencies(Span<double> signal, ReadOnlySpan<double> times)
    {
        ways[0].Find(signal, sampleRate);
        for (var i = 0; i < signal.Length; i++)
            signal[i] = -signal[i];
        ways[1].Find(signal, sampleRate);
        var slope = signal[..^1];
        for (var i = 0; i < slope.Length; i++)
            slope[i] = signal[i] - signal[i + 1];
        ways[2].Find(slope, sampleRate);
        for (var i = 0; i < slope.Length; i++)
            slope[i] = -slope[i];
        ways[3].Find(slope, sampleRate);
        for (var way = 0; way < 4; way++)
        {
            if (ways[way].Count <= 2)
                return null;
            if (contours[way].Length != times.Length)
                contours[way] = new double[times.Length];
            WorldSignal.Interpolate(ways[way].Locations, ways[way].Frequencies, times, contours[way]);
        }

        return contours;
    }

    sealed class Intervals
    {
        double[] locations = new double[64];
        double[] frequencies = new double[64];

        internal int Count { get; private set; }

        internal ReadOnlySpan<double> Locations => locations.AsSpan(0, Count);

        internal ReadOnlySpan<double> Frequencies => frequencies.AsSpan(0, Count);

        /// <summary>Finds where the signal goes from above zero to zero or below, and the intervals between. Positions count from 1, as in MATLAB.</summary>
        internal void Find(ReadOnlySpan<double> signal, double sampleRate)
        {
            Count = 0;
            var (last, any) = (0.0, false);
            for (var i = 0; i < signal.Length - 1; i++)
            {
                if (!(signal[i] > 0 && signal[i + 1] <= 0))
                    continue;
                var edge = i + 1 - (signal[i] / (signal[i + 1] - signal[i]));
                if (any)
                    Add((last + edge) / 2 / sampleRate, sampleRate / (edge - last));
                (last, any) = (edge, true);
            }
        }

        void Add(double location, double frequency)
        {
            if (Count == locations.Length)
            {
                Array.Resize(ref locations, 2 * Count);
                Array.Resize(ref frequencies, 2 * Count);
            }

            locations[Count] = location;
            frequencies[Count++] = frequency;
        }
    }
}
