namespace MultiModal.Voice.Pitch;

/// <summary>The cheapest path through the candidates of all frames: Boersma 1993, equations 26 and 27, by dynamic programming (Viterbi).</summary>
static class PraatPathFinder
{
    /// <summary>The pitch of every frame, 0 where the path is unvoiced.</summary>
    internal static double[] Find(PraatFrame[] frames, double timeStep, double ceiling, PraatPitchOptions options)
    {
        // The costs hold for frames 10 ms apart.
        var correction = 0.01 / timeStep;
        var jumpCost = options.OctaveJumpCost * correction;
        var voicingCost = options.VoicedUnvoicedCost * correction;
        var scores = new double[frames.Length][];
        var origins = new int[frames.Length][];
        for (var i = 0; i < frames.Length; i++)
        {
            scores[i] = LocalScores(frames[i], ceiling, options);
            origins[i] = new int[scores[i].Length];
            if (i > 0)
                Step(frames[i - 1], frames[i], scores[i - 1], scores[i], origins[i], ceiling, jumpCost, voicingCost);
        }

        var hertz = new double[frames.Length];
        var place = frames.Length == 0 ? 0 : Array.IndexOf(scores[^1], scores[^1].Max());
        for (var i = frames.Length - 1; i >= 0; i--)
        {
            hertz[i] = frames[i].Hertz[place];
            place = origins[i][place];
        }

        return hertz;
    }

    static double[] LocalScores(PraatFrame frame, double ceiling, PraatPitchOptions options)
    {
        var unvoiced = options.SilenceThreshold <= 0 ? 0 : 2 - (frame.Intensity / (options.SilenceThreshold / (1 + options.VoicingThreshold)));
        unvoiced = options.VoicingThreshold + Math.Max(0, unvoiced);
        var scores = new double[frame.Hertz.Length];
        for (var i = 0; i < scores.Length; i++)
            scores[i] = IsVoiced(frame.Hertz[i], ceiling) ? frame.Strengths[i] - (options.OctaveCost * Math.Log2(ceiling / frame.Hertz[i])) : unvoiced;
        return scores;
    }

    static void Step(PraatFrame previous, PraatFrame current, double[] previousScores, double[] scores, int[] origins, double ceiling, double jumpCost, double voicingCost)
    {
        for (var to = 0; to < scores.Length; to++)
        {
            var (best, origin) = (-1e30, 0);
            var voiced = IsVoiced(current.Hertz[to], ceiling);
            for (var from = 0; from < previousScores.Length; from++)
            {
                var wasVoiced = IsVoiced(previous.Hertz[from], ceiling);
                var cost = voiced != wasVoiced ? voicingCost : voiced ? jumpCost * Math.Abs(Math.Log2(previous.Hertz[from] / current.Hertz[to])) : 0;
                var score = previousScores[from] - cost + scores[to];
                if (score > best)
                    (best, origin) = (score, from);
            }

            scores[to] = best;
            origins[to] = origin;
        }
    }

    static bool IsVoiced(double hertz, double ceiling) => hertz > 0 && hertz < ceiling;
}
