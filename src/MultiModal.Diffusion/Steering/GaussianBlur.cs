namespace MultiModal.Diffusion.Steering;

/// <summary>A Gaussian over one plane, the edge repeated outwards.</summary>
static class GaussianBlur
{
    /// <summary>Blurs.</summary>
    /// <param name="plane">Rows of values.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="deviation">The standard deviation in pixels, above 0.</param>
    public static float[] Apply(ReadOnlySpan<float> plane, int width, int height, double deviation)
    {
        var radius = Math.Max(1, (int)Math.Ceiling(deviation * 3));
        var kernel = new float[(2 * radius) + 1];
        var sum = 0.0;
        for (var i = -radius; i <= radius; i++) sum += kernel[i + radius] = (float)Math.Exp(-(double)i * i / (2 * deviation * deviation));
        for (var i = 0; i < kernel.Length; i++) kernel[i] = (float)(kernel[i] / sum);
        var rows = Along(plane, width, height, 1, width, kernel);
        return Along(rows, height, width, width, 1, kernel);
    }

    /// <summary>Along one axis: <paramref name="length"/> values <paramref name="step"/> apart, in <paramref name="lines"/> lines.</summary>
    static float[] Along(ReadOnlySpan<float> plane, int length, int lines, int step, int lineStep, float[] kernel)
    {
        var result = new float[plane.Length];
        var radius = kernel.Length / 2;
        for (var line = 0; line < lines; line++)
            for (var i = 0; i < length; i++)
            {
                var value = 0f;
                for (var k = -radius; k <= radius; k++) value += kernel[k + radius] * plane[(line * lineStep) + (Math.Clamp(i + k, 0, length - 1) * step)];
                result[(line * lineStep) + (i * step)] = value;
            }

        return result;
    }
}
