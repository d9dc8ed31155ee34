namespace MultiModal.Voice.Pitch;

/// <summary>Fits a pitch to another number of frames.</summary>
public static class PitchResize
{
    /// <summary>
    /// Linear interpolation that never draws a line between voiced and unvoiced: a frame is voiced only where both of its neighbours are, or where it lies
    /// exactly on a voiced one (so-vits-svc's <c>resize_f0</c>, which interpolates with NaN for unvoiced).
    /// </summary>
    /// <param name="hertz">The pitch of each frame in Hz; below 0.001 is unvoiced.</param>
    /// <param name="frames">The number of frames wanted.</param>
    public static float[] WithGaps(ReadOnlySpan<double> hertz, int frames)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(frames);
        var result = new float[frames];
        if (hertz.IsEmpty)
            return result;
        for (var i = 0; i < frames; i++)
        {
            var position = (double)((long)i * hertz.Length) / frames;
            var left = Math.Min((int)position, hertz.Length - 1);
            var a = hertz[left];
            if (position == left || left == hertz.Length - 1)
            {
                result[i] = IsVoiced(a) ? (float)a : 0;
                continue;
            }

            var b = hertz[left + 1];
            result[i] = IsVoiced(a) && IsVoiced(b) ? (float)(a + ((b - a) * (position - left))) : 0;
        }

        return result;
    }

    /// <summary>The frame at floor(i * count / frames) (PyTorch's "nearest"; so-vits-svc fits the pitch of the networks this way).</summary>
    /// <param name="hertz">The pitch of each frame in Hz.</param>
    /// <param name="frames">The number of frames wanted.</param>
    public static float[] Nearest(ReadOnlySpan<float> hertz, int frames)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(frames);
        var result = new float[frames];
        if (hertz.IsEmpty)
            return result;
        var scale = (float)hertz.Length / frames;
        for (var i = 0; i < frames; i++)
            result[i] = hertz[Math.Min((int)MathF.Floor(i * scale), hertz.Length - 1)];
        return result;
    }

    static bool IsVoiced(double hertz) => hertz >= 0.001;
}
