namespace MultiModal.Voice.Pitch;

/// <summary>The contour of Dio: takes the best candidate of each frame, drops what jumps, and grows the rest through the other candidates.</summary>
/// <param name="candidates">The candidates, band by band, 0 where there is none.</param>
/// <param name="allowedRange">The largest relative change from frame to frame.</param>
sealed class DioContour(double[][] candidates, double allowedRange)
{
    /// <summary>The pitch of every frame.</summary>
    /// <param name="scores">How bad each candidate is.</param>
    /// <param name="periodFrames">Frames in a period of the lowest pitch.</param>
    internal double[] Find(double[][] scores, int periodFrames)
    {
        var frames = candidates[0].Length;
        var minimum = (periodFrames * 2) + 1;
        if (frames <= minimum)
            return new double[frames];
        var stable = DropShort(DropJumps(Best(scores), minimum), minimum);
        return GrowBackward(GrowForward(stable, out var starts), starts);
    }

    double[] Best(double[][] scores)
    {
        var best = (double[])candidates[0].Clone();
        for (var i = 0; i < best.Length; i++)
        {
            var score = scores[0][i];
            for (var band = 1; band < candidates.Length; band++)
            {
                if (score > scores[band][i])
                    (score, best[i]) = (scores[band][i], candidates[band][i]);
            }
        }

        return best;
    }

    double[] DropJumps(double[] hertz, int minimum)
    {
        // The ends hold no whole stretch and are unvoiced.
        hertz.AsSpan(0, minimum).Clear();
        hertz.AsSpan(Math.Max(minimum, hertz.Length - minimum)).Clear();
        var result = new double[hertz.Length];
        for (var i = minimum; i < hertz.Length; i++)
            result[i] = Math.Abs((hertz[i] - hertz[i - 1]) / (1e-12 + hertz[i])) < allowedRange ? hertz[i] : 0;
        return result;
    }

    static double[] DropShort(double[] hertz, int minimum)
    {
        var result = (double[])hertz.Clone();
        var reach = (minimum - 1) / 2;
        for (var i = reach; i < hertz.Length - reach; i++)
        {
            if (hertz.AsSpan(i - reach, (2 * reach) + 1).Contains(0))
                result[i] = 0;
        }

        return result;
    }

    double[] GrowForward(double[] hertz, out List<int> starts)
    {
        starts = [];
        var ends = new List<int>();
        for (var i = 1; i < hertz.Length; i++)
        {
            if (hertz[i] == 0 && hertz[i - 1] != 0)
                ends.Add(i - 1);
            else if (hertz[i - 1] == 0 && hertz[i] != 0)
                starts.Add(i);
        }

        for (var end = 0; end < ends.Count; end++)
        {
            var limit = end == ends.Count - 1 ? hertz.Length - 1 : ends[end + 1];
            for (var i = ends[end]; i < limit; i++)
            {
                hertz[i + 1] = Continue(hertz[i], i > 0 ? hertz[i - 1] : 0, i + 1);
                if (hertz[i + 1] == 0)
                    break;
            }
        }

        return hertz;
    }

    double[] GrowBackward(double[] hertz, List<int> starts)
    {
        for (var start = starts.Count - 1; start >= 0; start--)
        {
            var limit = start == 0 ? 1 : starts[start - 1];
            for (var i = starts[start]; i > limit; i--)
            {
                hertz[i - 1] = Continue(hertz[i], i + 1 < hertz.Length ? hertz[i + 1] : 0, i - 1);
                if (hertz[i - 1] == 0)
                    break;
            }
        }

        return hertz;
    }

    /// <summary>The candidate nearest to where the contour heads, or 0 when it is too far.</summary>
    double Continue(double current, double past, int frame)
    {
        var reference = ((current * 3) - past) / 2;
        var (best, error) = (candidates[0][frame], Math.Abs(reference - candidates[0][frame]));
        for (var band = 1; band < candidates.Length; band++)
        {
            var distance = Math.Abs(reference - candidates[band][frame]);
            if (distance < error)
                (best, error) = (candidates[band][frame], distance);
        }

        return Math.Abs(1 - (best / reference)) > allowedRange ? 0 : best;
    }
}
