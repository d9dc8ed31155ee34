namespace MultiModal.Voice.Signal;

/// <summary>What is no number must not reach a loudspeaker.</summary>
static class NonFinite
{
    /// <summary>Replaces NaN and infinities by zeros, in place.</summary>
    /// <returns>How many there were.</returns>
    public static int Silence(Span<float> samples)
    {
        var count = 0;
        foreach (ref var value in samples)
        {
            if (float.IsFinite(value)) continue;
            value = 0;
            count++;
        }

        return count;
    }
}
