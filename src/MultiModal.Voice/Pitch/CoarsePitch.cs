namespace MultiModal.Voice.Pitch;

/// <summary>
/// The coarse pitch of so-vits-svc: mel = 1127 ln(1 + f0/700), of which 50 Hz is row 1 and 1100 Hz row 255. Computed in single precision and in the
/// order of the original, since a rounding decides the row.
/// </summary>
public static class CoarsePitch
{
    const int Bins = 256;

    static readonly double MelMin = 1127 * Math.Log(1 + (50.0 / 700));
    static readonly double MelMax = 1127 * Math.Log(1 + (1100.0 / 700));

    /// <summary>The row of every frame.</summary>
    /// <param name="hertz">The pitch in Hz, 0 where there is none.</param>
    /// <param name="rule">Whose rule.</param>
    /// <returns>Rows from 0 to 255.</returns>
    public static long[] Quantize(ReadOnlySpan<float> hertz, CoarsePitchRule rule = CoarsePitchRule.Svc41)
    {
        var rows = new long[hertz.Length];
        for (var i = 0; i < rows.Length; i++)
            rows[i] = Row(hertz[i], rule);
        return rows;
    }

    /// <summary>The row of one frame.</summary>
    internal static long Row(float hertz, CoarsePitchRule rule = CoarsePitchRule.Svc41) => rule == CoarsePitchRule.Svc41 ? Svc41(hertz) : Svc40(hertz);

    static long Svc41(float hertz)
    {
        var slope = (float)((Bins - 2) / (MelMax - MelMin));
        var offset = (float)((MelMin * ((Bins - 2) / (MelMax - MelMin))) - 1);
        var mel = 1127 * MathF.Log(1 + (hertz / 700));
        if (!(mel > 0))
            return 1;
        var row = (long)MathF.Round((mel * slope) - offset);
        return row < 1 ? 1 : row < Bins ? row : 0;
    }

    static long Svc40(float hertz)
    {
        var mel = 1127 * MathF.Log(1 + (hertz / 700));
        if (!(mel > 0))
            return 1;
        var row = ((mel - (float)MelMin) * (Bins - 2) / (float)(MelMax - MelMin)) + 1;
        return (long)(Math.Clamp(row, 1, Bins - 1) + 0.5f);
    }
}
