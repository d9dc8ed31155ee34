namespace MultiModal.Diffusion.Schedulers;

/// <summary>Tables of samplers that call the model twice a step.</summary>
static class TwoCalls
{
    /// <summary>Every entry twice, but the first and, where wanted, the last.</summary>
    public static float[] Doubled(ReadOnlySpan<float> values, bool keepLast)
    {
        var result = new List<float>(2 * values.Length) { values[0] };
        for (var i = 1; i < values.Length; i++)
        {
            result.Add(values[i]);
            if (!keepLast || i < values.Length - 1)
                result.Add(values[i]);
        }

        return [.. result];
    }

    /// <summary>The level halfway between two, in the logarithm; 0 when either is.</summary>
    public static float Between(float sigma, float other) =>
        sigma <= 0 || other <= 0 ? 0 : MathF.Exp(MathF.Log(sigma) + (0.5f * (MathF.Log(other) - MathF.Log(sigma))));
}
