namespace MultiModal.Voice.Pitch;

/// <summary>The first half of Harvest: many narrow bands, each with the pitch its zero crossings suggest; where neighbouring bands agree is a candidate.</summary>
/// <param name="signal">The signal.</param>
/// <param name="rate">Its rate in Hz.</param>
/// <param name="floor">The lowest pitch in Hz.</param>
/// <param name="ceiling">The highest pitch in Hz.</param>
/// <param name="channelsInOctave">Bands an octave.</param>
sealed class HarvestCandidates(double[] signal, double rate, double floor, double ceiling, double channelsInOctave)
{
    /// <summary>Bands that must agree.</summary>
    const int LeastBands = 10;

    /// <summary>Finds the candidates at times in seconds.</summary>
    internal HarvestCandidateSet Find(double[] times)
    {
        var lowest = floor * 0.9;
        var bands = 1 + (int)(Math.Log(ceiling * 1.1 / lowest) / 0.69314718055994529 * channelsInOctave);
        var boundaries = new double[bands];
        for (var band = 0; band < bands; band++)
            boundaries[band] = lowest * Math.Pow(2, (band + 1) / channelsInOctave);

        var raw = new float[bands][];
        var longest = (2 * HalfLength(boundaries[0])) + 1;
        var convolution = new BlockConvolution(signal, longest, signal.Length + longest);
        Parallel.For(0, bands, () => (Crossings: new ZeroCrossings(rate), Filtered: new double[signal.Length]), (band, _, state) =>
        {
            var half = HalfLength(boundaries[band]);
            convolution.Filter(BandPass(boundaries[band], half), half + 1, state.Filtered);
            raw[band] = Contour(signal.Length < 2 ? null : state.Crossings.Frequencies(state.Filtered, times), times.Length, boundaries[band]);
            return state;
        }, _ => { });

        return Collect(raw, times.Length);
    }

    int HalfLength(double boundary) => WorldSignal.Round(rate / boundary * 2);

    double[] BandPass(double frequency, int half)
    {
        var filter = DioPitch.Nuttall((2 * half) + 1);
        for (var i = -half; i <= half; i++)
            filter[i + half] *= Math.Cos(2 * Math.PI * frequency * i / rate);
        return filter;
    }

    float[] Contour(double[][]? ways, int frames, double boundary)
    {
        var contour = new float[frames];
        for (var i = 0; ways is not null && i < frames; i++)
        {
            var mean = (ways[0][i] + ways[1][i] + ways[2][i] + ways[3][i]) / 4;
            if (mean <= boundary * 1.1 && mean >= boundary * 0.9 && mean <= ceiling && mean >= floor)
                contour[i] = (float)mean;
        }

        return contour;
    }

    /// <summary>Runs of bands that all see a pitch become their mean.</summary>
    static HarvestCandidateSet Collect(float[][] raw, int frames)
    {
        var found = new List<double>[frames];
        var most = 0;
        for (var frame = 0; frame < frames; frame++)
        {
            found[frame] = [];
            var start = -1;
            for (var band = 1; band < raw.Length; band++)
            {
                // The outermost bands only end a run.
                var voiced = band < raw.Length - 1 && raw[band][frame] > 0;
                if (voiced && start < 0)
                    start = band;
                if (voiced || start < 0)
                    continue;
                if (band - start >= LeastBands)
                {
                    var sum = 0.0;
                    for (var j = start; j < band; j++)
                        sum += raw[j][frame];
                    found[frame].Add(sum / (band - start));
                }

                start = -1;
            }

            most = Math.Max(most, found[frame].Count);
        }

        return HarvestCandidateSet.Overlap(found, most);
    }
}
