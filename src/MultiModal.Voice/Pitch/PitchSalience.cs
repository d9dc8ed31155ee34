namespace MultiModal.Voice.Pitch;

/// <summary>
/// From what a pitch network returns, how much every bin of 20 cents or so is the pitch, to hertz. Bins are rows of [frames, bins]; cents count from 10 Hz.
/// </summary>
public sealed class PitchSalience
{
    const int Reach = 4;

    readonly double[] cents;

    PitchSalience(double[] cents) => this.cents = cents;

    /// <summary>CREPE's and RMVPE's bins: 360 of 20 cents, from 31.7 Hz (1997.379 cents) on.</summary>
    public static PitchSalience Crepe { get; } = new([.. Enumerable.Range(0, 360).Select(bin => (20.0 * bin) + 1997.3794084376191)]);

    /// <summary>FCPE's bins: evenly spaced in cents between two pitches.</summary>
    /// <param name="bins">Their number; FCPE has 360.</param>
    /// <param name="lowest">The first, in Hz; FCPE has 32.70.</param>
    /// <param name="highest">The last, in Hz; FCPE has 1975.5.</param>
    public static PitchSalience Between(int bins, double lowest, double highest)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 2);
        if (!(lowest > 0 && highest > lowest && double.IsFinite(highest)))
            throw new ArgumentException($"There are no bins between {lowest} and {highest} Hz.", nameof(highest));
        var (from, to) = (ToCents(lowest), ToCents(highest));
        return new([.. Enumerable.Range(0, bins).Select(bin => from + ((to - from) * bin / (bins - 1)))]);
    }

    /// <summary>The number of bins.</summary>
    public int BinCount => cents.Length;

    /// <summary>The cents above 10 Hz of a bin.</summary>
    /// <param name="bin">Its number.</param>
    public double CentsOf(int bin) => cents[bin];

    /// <summary>Cents above 10 Hz as Hz.</summary>
    /// <param name="value">Cents.</param>
    public static double ToHertz(double value) => 10 * Math.Pow(2, value / 1200);

    /// <summary>Hz as cents above 10 Hz.</summary>
    /// <param name="hertz">The pitch.</param>
    public static double ToCents(double hertz) => 1200 * Math.Log2(hertz / 10);

    /// <summary>
    /// The cents of every frame: the mean of the nine bins around the strongest, weighted by salience, where the strongest surpasses a threshold; 0 elsewhere.
    /// </summary>
    /// <param name="salience">[frames, bins].</param>
    /// <param name="threshold">What the strongest bin must surpass; so-vits-svc uses 0.05, RMVPE 0.03.</param>
    /// <param name="repeatEdges">Whether bins beyond the first and last count as those again (FCPE) or not at all (RMVPE, CREPE; the default).</param>
    public float[] LocalAverage(ReadOnlySpan<float> salience, double threshold, bool repeatEdges = false)
    {
        var result = new float[FramesOf(salience)];
        for (var frame = 0; frame < result.Length; frame++)
        {
            var row = salience.Slice(frame * BinCount, BinCount);
            var strongest = Strongest(row);
            result[frame] = row[strongest] > (float)threshold ? Average(row, strongest, repeatEdges) : 0;
        }

        return result;
    }

    /// <summary>The same around given bins, such as those of <see cref="PitchViterbi"/>; the threshold is on the strongest of the nine.</summary>
    /// <param name="salience">[frames, bins].</param>
    /// <param name="centres">The bin of each frame.</param>
    /// <param name="threshold">What the strongest bin must surpass.</param>
    public float[] LocalAverage(ReadOnlySpan<float> salience, ReadOnlySpan<int> centres, double threshold)
    {
        var result = new float[FramesOf(salience)];
        if (centres.Length != result.Length)
            throw new ArgumentException($"There are {centres.Length} bins for {result.Length} frames.", nameof(centres));
        for (var frame = 0; frame < result.Length; frame++)
        {
            var row = salience.Slice(frame * BinCount, BinCount);
            var from = Math.Max(0, centres[frame] - Reach);
            var window = row[from..Math.Min(BinCount, centres[frame] + Reach + 1)];
            result[frame] = window[Strongest(window)] > (float)threshold ? Average(row, centres[frame], false) : 0;
        }

        return result;
    }

    /// <summary>Cents as hertz; 0 stays 0, the mark of unvoiced frames.</summary>
    /// <param name="values">Cents above 10 Hz.</param>
    public static float[] ToHertz(ReadOnlySpan<float> values)
    {
        var hertz = new float[values.Length];
        for (var i = 0; i < hertz.Length; i++)
            hertz[i] = values[i] > 0 ? (float)ToHertz(values[i]) : 0;
        return hertz;
    }

    float Average(ReadOnlySpan<float> row, int centre, bool repeatEdges)
    {
        var (sum, weight) = (0.0, 0.0);
        for (var i = centre - Reach; i <= centre + Reach; i++)
        {
            var bin = Math.Clamp(i, 0, BinCount - 1);
            if (bin != i && !repeatEdges)
                continue;
            sum += row[bin] * cents[bin];
            weight += row[bin];
        }

        return weight > 0 ? (float)(sum / weight) : 0;
    }

    int FramesOf(ReadOnlySpan<float> salience) => salience.Length % BinCount == 0
        ? salience.Length / BinCount
        : throw new ArgumentException($"{salience.Length} values are not frames of {BinCount} bins.", nameof(salience));

    /// <summary>The first of the largest values. NaN is never the largest.</summary>
    static int Strongest(ReadOnlySpan<float> row)
    {
        var best = 0;
        for (var i = 1; i < row.Length; i++)
        {
            if (row[i] > row[best] || float.IsNaN(row[best]))
                best = i;
        }

        return best;
    }
}
