namespace MultiModal.Voice.Signal;

/// <summary>Linear interpolation to another number of points with half-pixel centres: PyTorch's <c>interpolate(mode="linear")</c>.</summary>
static class LinearResize
{
    internal static void Resize(ReadOnlySpan<float> source, Span<float> target)
    {
        var scale = (double)source.Length / target.Length;
        for (var i = 0; i < target.Length; i++)
            target[i] = At(source, scale, i);
    }

    internal static float At(ReadOnlySpan<float> source, double scale, int i)
    {
        var position = Math.Max(0, (scale * (i + 0.5)) - 0.5);
        var left = Math.Min((int)position, source.Length - 1);
        var right = Math.Min(left + 1, source.Length - 1);
        var fraction = (float)(position - left);
        return ((1 - fraction) * source[left]) + (fraction * source[right]);
    }
}
