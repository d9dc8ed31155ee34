namespace MultiModal.Voice.Pitch;

/// <summary>A voiced stretch of a contour, by itself.</summary>
sealed class HarvestStretch
{
    HarvestStretch(double[] hertz, int start, int end) => (Hertz, Start, End) = (hertz, start, end);

    /// <summary>The contour with nothing but this stretch.</summary>
    internal double[] Hertz { get; }

    /// <summary>The first voiced frame.</summary>
    internal int Start { get; set; }

    /// <summary>The last voiced frame.</summary>
    internal int End { get; set; }

    internal static HarvestStretch Of(double[] hertz, int start, int end)
    {
        var own = new double[hertz.Length];
        hertz.AsSpan(start, end - start + 1).CopyTo(own.AsSpan(start));
        return new(own, start, end);
    }

    /// <summary>The first and last frame of every voiced stretch; the first and last frame of the contour count as unvoiced.</summary>
    internal static List<(int Start, int End)> Bounds(ReadOnlySpan<double> hertz)
    {
        var bounds = new List<(int Start, int End)>();
        var start = -1;
        for (var i = 1; i < hertz.Length; i++)
        {
            var voiced = i < hertz.Length - 1 && hertz[i] > 0;
            if (voiced && start < 0)
                start = i;
            if (voiced || start < 0)
                continue;
            bounds.Add((start, i - 1));
            start = -1;
        }

        return bounds;
    }
}
