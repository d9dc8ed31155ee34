namespace MultiModal.Voice.Conversion;

/// <summary>Content units of the target speakers themselves, towards which a source's units are drawn: a timbre less of the source's.</summary>
abstract class UnitCorpus
{
    /// <summary>What of the corpus is like a unit.</summary>
    /// <param name="speaker">The speaker's name.</param>
    /// <param name="number">The speaker's number.</param>
    /// <param name="unit">The source's unit.</param>
    /// <param name="result">Room for as long a unit.</param>
    /// <exception cref="VoiceConversionException">The corpus has no such speaker, or units of another length.</exception>
    public abstract void Nearest(string speaker, int number, ReadOnlySpan<float> unit, Span<float> result);

    /// <summary>Draws units towards the corpus: each becomes ratio * nearest + (1 - ratio) * unit.</summary>
    /// <param name="units">[channels, frames], changed in place.</param>
    /// <param name="channels">The length of a unit.</param>
    /// <param name="speaker">The speaker's name.</param>
    /// <param name="number">The speaker's number.</param>
    /// <param name="ratio">0 to 1.</param>
    public void Draw(Span<float> units, int channels, string speaker, int number, float ratio)
    {
        var frames = units.Length / channels;
        var (unit, nearest) = (new float[channels], new float[channels]);
        for (var t = 0; t < frames; t++)
        {
            for (var c = 0; c < channels; c++) unit[c] = units[(c * frames) + t];
            Nearest(speaker, number, unit, nearest);
            for (var c = 0; c < channels; c++) units[(c * frames) + t] = (ratio * nearest[c]) + ((1 - ratio) * unit[c]);
        }
    }
}
