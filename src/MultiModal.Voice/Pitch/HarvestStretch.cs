namespace MultiModal.Voice.Pitch;

/// <summary>A voiced stretch of a contour by itself, with room to grow on both sides.</summary>
sealed class HarvestStretch
{
    readonly double[] hertz;
    readonly int offset;

    /// <param name="contour">The contour.</param>
    /// <param name="start">The first voiced frame.</param>
    /// <param name="end">The last voiced frame.</param>
    /// <param name="room">How many frames it may grow on each side.</param>
    internal HarvestStretch(ReadOnlySpan<double> contour, int start, int end, int room)
    {
        (Start, End, offset) = (start, end, start - room);
        hertz = new double[end - start + 1 + (2 * room)];
        contour.Slice(start, end - start + 1).CopyTo(hertz.AsSpan(room));
    }

    /// <summary>The first voiced frame.</summary>
    internal int Start { get; set; }

    /// <summary>The last voiced frame.</summary>
    internal int End { get; set; }

    /// <summary>The pitch of a frame of the contour.</summary>
    internal ref double this[int frame] => ref hertz[frame - offset];

    /// <summary>The pitch of any frame of the contour, 0 outside the stretch.</summary>
    internal double At(int frame) => (uint)(frame - offset) < (uint)hertz.Length ? hertz[frame - offset] : 0;

    /// <summary>The pitch of some frames of the contour, both included.</summary>
    internal ReadOnlySpan<double> Frames(int first, int last) => hertz.AsSpan(first - offset, last - first + 1);

    /// <summary>The first and last frame of every voiced stretch; the first and last frame of the contour count as unvoiced.</summary>
    internal static List<(int Start, int End)> Bounds(ReadOnlySpan<double> contour)
    {
        var bounds = new List<(int Start, int End)>();
        var start = -1;
        for (var i = 1; i < contour.Length; i++)
        {
            var voiced = i < contour.Length - 1 && contour[i] > 0;
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
