namespace MultiModal.Voice.Pitch;

/// <summary>The pitch of a voice over time, one value a frame, and whether the frame is voiced. Never changes.</summary>
/// <remarks>
/// <see cref="Hertz"/> is what the estimator found, 0 where a frame is unvoiced. <see cref="Continuous"/> is what synthesizers are given: straight lines
/// through the unvoiced frames.
/// </remarks>
public sealed class PitchCurve
{
    readonly float[] hertz;
    readonly float[] continuous;

    /// <summary>A curve of pitches, which are copied. The unvoiced frames are filled in by straight lines over time, and held at the ends.</summary>
    /// <param name="hertz">The pitch of every frame in Hz; 0, negative or NaN where it is unvoiced.</param>
    public PitchCurve(ReadOnlySpan<float> hertz)
        : this(hertz, Fill(hertz, -1))
    {
    }

    PitchCurve(ReadOnlySpan<float> hertz, float[] continuous)
    {
        this.hertz = hertz.ToArray();
        for (var i = 0; i < this.hertz.Length; i++)
        {
            if (!(this.hertz[i] > 0))
                this.hertz[i] = 0;
        }

        this.continuous = continuous;
    }

    /// <summary>The number of frames.</summary>
    public int Count => hertz.Length;

    /// <summary>The pitch of every frame in Hz, 0 where it is unvoiced.</summary>
    public ReadOnlySpan<float> Hertz => hertz;

    /// <summary>The pitch of every frame in Hz, the unvoiced ones filled in; zeros when none is voiced.</summary>
    public ReadOnlySpan<float> Continuous => continuous;

    /// <summary>1 for every voiced frame, 0 for the others: what so-vits-svc calls uv.</summary>
    public float[] Voicing() => Array.ConvertAll(hertz, value => value > 0 ? 1f : 0f);

    /// <summary>The fraction of frames that are voiced; 0 for an empty curve.</summary>
    public double VoicedRatio => Count == 0 ? 0 : (double)hertz.Count(value => value > 0) / Count;

    /// <summary>The curve moved by a musical interval: every pitch times 2^(semitones / 12).</summary>
    /// <param name="semitones">The interval; 12 is an octave up.</param>
    public PitchCurve Transpose(double semitones)
    {
        if (!double.IsFinite(semitones))
            throw new ArgumentOutOfRangeException(nameof(semitones), semitones, "The interval is a number.");
        var factor = Math.Pow(2, semitones / 12);
        return new(Array.ConvertAll(hertz, value => (float)(value * factor)), Array.ConvertAll(continuous, value => (float)(value * factor)));
    }

    /// <summary>The curve with every voiced pitch replaced by the median of the voiced ones around it, which takes octave slips of single frames away.</summary>
    /// <param name="width">The number of frames looked at, odd.</param>
    public PitchCurve MedianFilter(int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if (width % 2 == 0)
            throw new ArgumentOutOfRangeException(nameof(width), width, "The width is odd.");
        var result = new float[Count];
        var window = new List<float>(width);
        for (var i = 0; i < Count; i++)
        {
            if (hertz[i] <= 0)
                continue;
            window.Clear();
            for (var j = Math.Max(0, i - (width / 2)); j <= Math.Min(Count - 1, i + (width / 2)); j++)
            {
                if (hertz[j] > 0)
                    window.Add(hertz[j]);
            }

            window.Sort();
            result[i] = window[(window.Count - 1) / 2];
        }

        return new(result);
    }

    /// <summary>The row of the synthesizer's pitch embedding for every frame of <see cref="Continuous"/>.</summary>
    /// <param name="rule">Whose rule.</param>
    public long[] Coarse(CoarsePitchRule rule = CoarsePitchRule.Svc41) => CoarsePitch.Quantize(continuous, rule);

    /// <summary>
    /// A curve as so-vits-svc's predictors pm, dio and harvest make it: where exactly one frame is voiced, all are filled with the pitch of the first
    /// frame, which usually is 0 (a slip of the original that models were trained with).
    /// </summary>
    internal static PitchCurve WithSingleFrameQuirk(ReadOnlySpan<float> hertz) => new(hertz, Fill(hertz, 0));

    static float[] Fill(ReadOnlySpan<float> hertz, int sourceOfSingle)
    {
        var filled = new float[hertz.Length];
        var (voiced, last) = (0, -1);
        for (var i = 0; i < hertz.Length; i++)
        {
            if (!(hertz[i] > 0))
                continue;
            filled[i] = hertz[i];
            if (voiced++ == 0)
            {
                filled.AsSpan(0, i).Fill(hertz[i]);
            }
            else
            {
                var slope = (hertz[i] - (double)hertz[last]) / (i - last);
                for (var j = last + 1; j < i; j++)
                    filled[j] = (float)(hertz[last] + (slope * (j - last)));
            }

            last = i;
        }

        if (voiced > 0)
            filled.AsSpan(last + 1).Fill(hertz[last]);
        if (voiced == 1 && sourceOfSingle >= 0)
            filled.AsSpan().Fill(hertz[sourceOfSingle] > 0 ? hertz[sourceOfSingle] : 0);
        return filled;
    }
}
