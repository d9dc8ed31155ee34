namespace MultiModal.Voice.Pitch;

/// <summary>
/// The likeliest path of bins through all frames when pitch moves by little from one to the next: a hidden Markov model whose transitions fall off in a
/// straight line (A. Viterbi, 1967; librosa's <c>sequence.viterbi</c> as torchcrepe and RMVPE call it).
/// </summary>
public static class PitchViterbi
{
    /// <summary>The smallest normal number in single precision, which librosa adds before every logarithm.</summary>
    const double Tiny = 1.17549435e-38;

    /// <summary>Finds the path.</summary>
    /// <param name="probabilities">[frames, bins]; each frame is divided by its sum.</param>
    /// <param name="bins">The number of bins.</param>
    /// <param name="reach">A move by d bins weighs max(reach - d, 0): 12 in CREPE, 30 in RMVPE.</param>
    /// <returns>The bin of every frame.</returns>
    public static int[] Decode(ReadOnlySpan<float> probabilities, int bins, int reach)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(reach, 1);
        if (probabilities.Length % bins != 0)
            throw new ArgumentException($"{probabilities.Length} values are not frames of {bins} bins.", nameof(probabilities));
        var frames = probabilities.Length / bins;
        var origins = new int[frames][];
        var scores = new double[bins];
        var next = new double[bins];
        var transitions = Transitions(bins, reach);
        for (var frame = 0; frame < frames; frame++)
        {
            origins[frame] = new int[bins];
            var row = probabilities.Slice(frame * bins, bins);
            if (frame == 0)
                Begin(row, scores);
            else
                Step(row, scores, next, transitions, reach, origins[frame]);
            if (frame > 0)
                (scores, next) = (next, scores);
        }

        var path = new int[frames];
        var place = Array.IndexOf(scores, scores.Max());
        for (var frame = frames - 1; frame >= 0; frame--)
        {
            path[frame] = Math.Max(0, place);
            place = origins[frame][path[frame]];
        }

        return path;
    }

    static void Begin(ReadOnlySpan<float> row, double[] scores)
    {
        var sum = Sum(row);
        for (var bin = 0; bin < scores.Length; bin++)
            scores[bin] = Log(row[bin], sum) + Math.Log((1.0 / scores.Length) + Tiny);
    }

    static void Step(ReadOnlySpan<float> row, double[] scores, double[] next, double[][] transitions, int reach, int[] origins)
    {
        // A move beyond reach has the tiny probability from everywhere, so only the best origin matters for it.
        var anywhere = Array.IndexOf(scores, scores.Max());
        var sum = Sum(row);
        var farCost = Math.Log(Tiny);
        for (var to = 0; to < next.Length; to++)
        {
            var (best, origin) = (scores[Math.Max(0, anywhere)] + farCost, Math.Max(0, anywhere));
            var first = Math.Max(0, to - reach + 1);
            for (var from = first; from <= Math.Min(next.Length - 1, to + reach - 1); from++)
            {
                var score = scores[from] + transitions[from][to - from + reach - 1];
                if (score > best || (score == best && from < origin))
                    (best, origin) = (score, from);
            }

            next[to] = best + Log(row[to], sum);
            origins[to] = origin;
        }
    }

    static double[][] Transitions(int bins, int reach)
    {
        var rows = new double[bins][];
        for (var from = 0; from < bins; from++)
        {
            rows[from] = new double[(2 * reach) - 1];
            var sum = 0;
            for (var to = Math.Max(0, from - reach + 1); to <= Math.Min(bins - 1, from + reach - 1); to++)
                sum += reach - Math.Abs(to - from);
            for (var i = 0; i < rows[from].Length; i++)
                rows[from][i] = Math.Log(((double)(reach - Math.Abs(i - reach + 1)) / sum) + Tiny);
        }

        return rows;
    }

    static double Log(float probability, double sum) => Math.Log((probability > 0 && sum > 0 ? probability / sum : 0) + Tiny);

    static double Sum(ReadOnlySpan<float> row)
    {
        var sum = 0.0;
        foreach (var value in row)
            sum += value > 0 ? value : 0;
        return sum;
    }
}
