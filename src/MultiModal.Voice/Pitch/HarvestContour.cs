namespace MultiModal.Voice.Pitch;

/// <summary>The second half of Harvest: the surest candidate of each frame, without jumps, stretches grown through weaker candidates and merged.</summary>
sealed class HarvestContour(HarvestCandidateSet candidates)
{
    const double JumpRange = 0.008;
    const double GrowRange = 0.18;
    const int ShortestStretch = 6;
    const int LongestGrowth = 100;
    const int PatienceFrames = 4;
    const int ShortestGap = 9;

    /// <summary>The pitch of every frame, 0 where it is unvoiced.</summary>
    internal double[] Find()
    {
        if (candidates.Frames < 3)
            return new double[candidates.Frames];
        var contour = DropShort(DropJumps(Surest()));
        return FillGaps(Grow(contour));
    }

    double[] Surest()
    {
        var contour = new double[candidates.Frames];
        for (var frame = 0; frame < contour.Length; frame++)
        {
            var best = 0.0;
            var scores = candidates.Scores(frame);
            for (var i = 0; i < scores.Length; i++)
            {
                if (scores[i] > best)
                    (best, contour[frame]) = (scores[i], candidates.Hertz(frame)[i]);
            }
        }

        return contour;
    }

    static double[] DropJumps(double[] hertz)
    {
        var result = new double[hertz.Length];
        for (var i = 2; i < hertz.Length; i++)
        {
            // After an unvoiced frame both distances are infinite, so that a stretch begins with its second frame.
            if (hertz[i] == 0)
                continue;
            var expected = (hertz[i - 1] * 2) - hertz[i - 2];
            var jumps = Math.Abs((hertz[i] - expected) / expected) > JumpRange && Math.Abs(hertz[i] - hertz[i - 1]) / hertz[i - 1] > JumpRange;
            result[i] = jumps ? 0 : hertz[i];
        }

        return result;
    }

    static double[] DropShort(double[] hertz)
    {
        foreach (var (start, end) in HarvestStretch.Bounds(hertz))
        {
            if (end - start < ShortestStretch)
                hertz.AsSpan(start, end - start + 1).Clear();
        }

        return hertz;
    }

    double[] Grow(double[] hertz)
    {
        var stretches = HarvestStretch.Bounds(hertz).ConvertAll(bounds => new HarvestStretch(hertz, bounds.Start, bounds.End, LongestGrowth + PatienceFrames));
        foreach (var stretch in stretches)
        {
            stretch.End = Extend(stretch, stretch.End, hertz.Length, Math.Min(hertz.Length - 2, stretch.End + LongestGrowth), 1);
            stretch.Start = Extend(stretch, stretch.Start, hertz.Length, Math.Max(1, stretch.Start - LongestGrowth), -1);
        }

        var lasting = SelectLasting(stretches);
        return lasting == 0 ? hertz : Merge(stretches[..lasting], hertz.Length);
    }

    /// <summary>Follows the candidates from an end of a stretch, over up to three frames without one.</summary>
    int Extend(HarvestStretch stretch, int origin, int frames, int limit, int direction)
    {
        var (current, end, missed) = (stretch[origin], origin, 0);
        var distance = Math.Abs(limit - origin);
        for (var i = 0; i <= distance; i++)
        {
            var frame = origin + (direction * (i + 1));
            if (frame < 0 || frame >= frames)
                break;
            stretch[frame] = HarvestCandidateSet.Nearest(current, candidates.Hertz(frame), GrowRange).Hertz;
            if (stretch[frame] == 0)
                missed++;
            else
                (current, end, missed) = (stretch[frame], frame, 0);
            if (missed == PatienceFrames)
                break;
        }

        return end;
    }

    /// <summary>
    /// Moves the stretches of some length, in periods, to the front. The mean carries a part of the one before into the next, as in WORLD, and decides with it.
    /// </summary>
    static int SelectLasting(List<HarvestStretch> stretches)
    {
        var (count, mean) = (0, 0.0);
        for (var i = 0; i < stretches.Count; i++)
        {
            var stretch = stretches[i];
            for (var frame = stretch.Start; frame < stretch.End; frame++)
                mean += stretch[frame];
            mean /= stretch.End - stretch.Start;
            if (2200 / mean < stretch.End - stretch.Start)
            {
                (stretches[count], stretches[i]) = (stretches[i], stretches[count]);
                count++;
            }
        }

        return count;
    }

    double[] Merge(List<HarvestStretch> stretches, int frames)
    {
        var order = SortedOrder(stretches);
        var merged = new double[frames];

        // The bounds of what is merged so far live in the first stretch, which later comparisons see: as in WORLD.
        var first = stretches[0];
        first.Frames(first.Start, first.End).CopyTo(merged.AsSpan(first.Start));
        for (var i = 1; i < order.Length; i++)
        {
            var next = stretches[order[i]];
            if (next.Start > first.End)
            {
                next.Frames(next.Start, next.End).CopyTo(merged.AsSpan(next.Start));
                (first.Start, first.End) = (next.Start, next.End);
            }
            else
            {
                first.End = MergeOverlap(merged, first, next);
            }
        }

        return merged;
    }

    static int[] SortedOrder(List<HarvestStretch> stretches)
    {
        var order = Enumerable.Range(0, stretches.Count).ToArray();
        for (var i = 1; i < order.Length; i++)
        {
            for (var j = i - 1; j >= 0 && stretches[order[j]].Start > stretches[order[i]].Start; j--)
                (order[i], order[j]) = (order[j], order[i]);
        }

        return order;
    }

    /// <summary>Where two stretches overlap, the surer one stays.</summary>
    int MergeOverlap(double[] merged, HarvestStretch first, HarvestStretch next)
    {
        if (first.Start <= next.Start && first.End >= next.End)
            return first.End;
        var (score, nextScore) = (0.0, 0.0);
        for (var frame = next.Start; frame <= first.End; frame++)
        {
            score += ScoreOf(merged[frame], frame);
            nextScore += ScoreOf(next.At(frame), frame);
        }

        var from = score > nextScore ? first.End : next.Start;
        next.Frames(from, next.End).CopyTo(merged.AsSpan(from));
        return next.End;
    }

    double ScoreOf(double hertz, int frame)
    {
        var best = 0.0;
        var all = candidates.Hertz(frame);
        var scores = candidates.Scores(frame);
        for (var i = 0; i < all.Length; i++)
        {
            if (all[i] == hertz && scores[i] > best)
                best = scores[i];
        }

        return best;
    }

    /// <summary>Straight lines through unvoiced gaps of a few frames; they begin and end 1 Hz inside, as in WORLD.</summary>
    static double[] FillGaps(double[] hertz)
    {
        var result = (double[])hertz.Clone();
        var bounds = HarvestStretch.Bounds(hertz);
        for (var i = 0; i + 1 < bounds.Count; i++)
        {
            var (end, start) = (bounds[i].End, bounds[i + 1].Start);
            var distance = start - end - 1;
            if (distance >= ShortestGap)
                continue;
            var (low, high) = (hertz[end] + 1, hertz[start] - 1);
            for (var j = 1; j <= distance; j++)
                result[end + j] = low + ((high - low) / (distance + 1.0) * j);
        }

        return result;
    }
}
