namespace MultiModal.Voice.Pitch;

/// <summary>The candidates of every frame and how sure they are.</summary>
sealed class HarvestCandidateSet
{
    const int Reach = 3;

    readonly double[][] hertz;
    readonly double[][] scores;

    HarvestCandidateSet(double[][] hertz)
    {
        this.hertz = hertz;
        scores = new double[hertz.Length][];
        for (var i = 0; i < hertz.Length; i++)
            scores[i] = new double[hertz[i].Length];
    }

    /// <summary>The number of frames.</summary>
    internal int Frames => hertz.Length;

    /// <summary>The candidates of one frame in Hz, 0 where there is none.</summary>
    internal ReadOnlySpan<double> Hertz(int frame) => hertz[frame];

    /// <summary>How sure each is.</summary>
    internal ReadOnlySpan<double> Scores(int frame) => scores[frame];

    /// <summary>Gives every frame also the candidates of the three frames before and after it.</summary>
    /// <param name="found">The candidates of each frame.</param>
    /// <param name="most">The most in any frame.</param>
    internal static HarvestCandidateSet Overlap(List<double>[] found, int most)
    {
        var all = new double[found.Length][];
        for (var frame = 0; frame < all.Length; frame++)
        {
            // The frame's own first, then those of 1, 2, 3 before, then of 1, 2, 3 after: the order decides ties.
            all[frame] = new double[most * ((2 * Reach) + 1)];
            for (var distance = 0; distance <= Reach; distance++)
            {
                if (frame >= distance)
                    found[frame - distance].CopyTo(all[frame], most * distance);
                if (distance > 0 && frame + distance < found.Length)
                    found[frame + distance].CopyTo(all[frame], most * (distance + Reach));
            }
        }

        return new(all);
    }

    /// <summary>Corrects the candidates by their harmonics, and drops those that no neighbouring frame has within 5 %.</summary>
    internal void Refine(double[] signal, double rate, double[] times, double floor, double ceiling)
    {
        Parallel.For(0, Frames, () => new InstantaneousFrequency(signal, rate), (frame, _, spectra) =>
        {
            Refine(spectra, frame, rate, times[frame], floor, ceiling);
            return spectra;
        }, _ => { });
        DropUnreliable();
    }

    void Refine(InstantaneousFrequency spectra, int frame, double rate, double time, double floor, double ceiling)
    {
        var candidates = hertz[frame];
        for (var i = 0; i < candidates.Length; i++)
        {
            if (candidates[i] <= 0)
                continue;
            spectra.Load(time, candidates[i], harvest: true);
            var (corrected, score) = spectra.Correct(candidates[i], Math.Min((int)(rate / 2 / candidates[i]), 6));
            (candidates[i], scores[frame][i]) = corrected >= floor && corrected <= ceiling && score >= 2.5 ? (corrected, score) : (0, 0);
        }
    }

    void DropUnreliable()
    {
        var before = Frames > 0 ? (double[])hertz[0].Clone() : [];
        for (var frame = 1; frame < Frames - 1; frame++)
        {
            var own = (double[])hertz[frame].Clone();
            for (var i = 0; i < own.Length; i++)
            {
                if (own[i] != 0 && Math.Min(Nearest(own[i], hertz[frame + 1], 1).Error, Nearest(own[i], before, 1).Error) > 0.05)
                    (hertz[frame][i], scores[frame][i]) = (0, 0);
            }

            before = own;
        }
    }

    /// <summary>The candidate nearest to a pitch; of equals the last. 0 when none is within the range, which is relative.</summary>
    internal static (double Hertz, double Error) Nearest(double reference, ReadOnlySpan<double> candidates, double range)
    {
        var (best, error) = (0.0, range);
        foreach (var candidate in candidates)
        {
            var distance = Math.Abs(reference - candidate) / reference;
            if (distance > error)
                continue;
            (best, error) = (candidate, distance);
        }

        return (best, error);
    }
}
