namespace MultiModal.Diffusion.Steering;

/// <summary>A part of a picture.</summary>
readonly record struct PixelBox(int Left, int Top, int Width, int Height)
{
    /// <summary>Larger by some pixels on each side, then as wide for its height as another picture, within the limits of a picture.</summary>
    public PixelBox Around(int padding, int width, int height, double aspect)
    {
        var (left, top) = (Math.Max(0, Left - padding), Math.Max(0, Top - padding));
        var (right, bottom) = (Math.Min(width, Left + Width + padding), Math.Min(height, Top + Height + padding));
        if ((double)(right - left) / (bottom - top) < aspect) (left, right) = Widen(left, right, (int)Math.Round((bottom - top) * aspect), width);
        else (top, bottom) = Widen(top, bottom, (int)Math.Round((right - left) / aspect), height);
        return new(left, top, right - left, bottom - top);
    }

    /// <summary>Grows an interval on both sides, shifted where it meets an end.</summary>
    static (int From, int To) Widen(int from, int to, int wanted, int limit)
    {
        wanted = Math.Clamp(wanted, to - from, limit);
        from = Math.Clamp(from - ((wanted - (to - from)) / 2), 0, limit - wanted);
        return (from, from + wanted);
    }
}
