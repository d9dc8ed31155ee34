using System.Numerics;
using System.Runtime.CompilerServices;

namespace MultiModal.Audio;

/// <summary>
/// Changes the sample rate by band-limited interpolation with a Hann-windowed sinc: the same filter, and within rounding the same samples, as
/// torchaudio's <c>functional.resample</c> and <c>transforms.Resample</c> with <c>sinc_interp_hann</c>.
/// </summary>
/// <remarks>
/// With both rates divided by their greatest common divisor to o and n, b = min(o, n) * rolloff and w the filter width, output sample k is the sum
/// over input samples i of x[i] * (b/o) * sinc(t) * cos²(pi t / 2w), t = b * (i/o - k/n), |t| &lt; w. There are only n different sets of weights, and of each
/// only the taps that are not zero are kept. The input is zero outside its ends. An instance holds only those weights, never changes, and may be shared by threads.
/// </remarks>
public sealed class Resampler
{
    readonly float[] weights;
    readonly int[] starts;
    readonly int stride;

    /// <summary>Prepares the filter for a pair of rates.</summary>
    /// <param name="fromRate">The rate of the input, in Hz, 1 to <see cref="AudioFormat.MaxSampleRate"/>.</param>
    /// <param name="toRate">The rate of the output, in Hz, in the same range.</param>
    /// <param name="lowpassFilterWidth">Zero crossings of the sinc on each side: larger is sharper and slower. 1 to 1024; 6 by default. RMVPE's input is made with 128.</param>
    /// <param name="rolloff">The cut-off as a fraction of the lower Nyquist frequency, above 0 to 1; 0.99 by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public Resampler(int fromRate, int toRate, int lowpassFilterWidth = 6, double rolloff = 0.99)
    {
        FromRate = new AudioFormat(fromRate).SampleRate;
        ToRate = new AudioFormat(toRate).SampleRate;
        ArgumentOutOfRangeException.ThrowIfLessThan(lowpassFilterWidth, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lowpassFilterWidth, 1024);
        if (!(rolloff is > 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(rolloff), rolloff, "The roll-off lies above 0 and at most at 1.");

        var divisor = (int)BigInteger.GreatestCommonDivisor(fromRate, toRate);
        (Step, Phases) = (fromRate / divisor, toRate / divisor);
        if (Step == Phases)
        {
            (weights, starts, Taps, stride) = (new float[Vector<float>.Count], [0], 1, Vector<float>.Count);
            weights[0] = 1;
            return;
        }

        var cutoff = Math.Min(Step, Phases) * rolloff;
        var reach = lowpassFilterWidth * Step / cutoff;
        Taps = checked((int)Math.Ceiling(2 * reach) + 1);
        stride = (Taps + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;
        weights = new float[checked(Phases * stride)];
        starts = new int[Phases];
        for (var phase = 0; phase < Phases; phase++)
        {
            var centre = (double)phase * Step / Phases;
            starts[phase] = (int)Math.Ceiling(centre - reach);
            var row = weights.AsSpan(phase * stride, Taps);
            for (var tap = 0; tap < Taps; tap++)
            {
                // The same order of operations as the original, in double: the difference of the two fractions loses digits otherwise.
                var t = (((double)-phase / Phases) + ((double)(starts[phase] + tap) / Step)) * cutoff;
                row[tap] = Math.Abs(t) < lowpassFilterWidth ? (float)(Sinc(t) * Square(Math.Cos(t * Math.PI / lowpassFilterWidth / 2)) * (cutoff / Step)) : 0;
            }
        }
    }

    /// <summary>The rate of the input, in Hz.</summary>
    public int FromRate { get; }

    /// <summary>The rate of the output, in Hz.</summary>
    public int ToRate { get; }

    /// <summary>Input samples consumed while <see cref="Phases"/> output samples are made.</summary>
    internal int Step { get; }

    /// <summary>Different positions an output sample can have between two input samples.</summary>
    internal int Phases { get; }

    /// <summary>Input samples that weigh in one output sample.</summary>
    internal int Taps { get; }

    /// <summary>The first input sample, relative to its block of <see cref="Step"/>, that weighs in the first output sample: 0 or less.</summary>
    internal int FirstTap => starts[0];

    /// <summary>How many samples come out of a number that go in: the ceiling of their product with the ratio of rates.</summary>
    /// <param name="inputLength">The number of input samples.</param>
    public long OutputLength(long inputLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(inputLength);
        return (long)((((Int128)inputLength * Phases) + Step - 1) / Step);
    }

    /// <summary>Resamples a whole channel.</summary>
    /// <param name="input">The samples of one channel.</param>
    /// <returns>The samples at the other rate, <see cref="OutputLength"/> of them.</returns>
    public float[] Resample(ReadOnlySpan<float> input)
    {
        var output = new float[checked((int)OutputLength(input.Length))];
        Resample(input, output);
        return output;
    }

    /// <summary>Resamples a whole channel into a buffer.</summary>
    /// <param name="input">The samples of one channel.</param>
    /// <param name="output">Exactly <see cref="OutputLength"/> samples; must not overlap the input.</param>
    /// <exception cref="ArgumentException">The output is of another length.</exception>
    public void Resample(ReadOnlySpan<float> input, Span<float> output)
    {
        if (output.Length != OutputLength(input.Length))
            throw new ArgumentException($"{input.Length} samples become {OutputLength(input.Length)}, not {output.Length}.", nameof(output));
        if (Step == Phases)
        {
            input.CopyTo(output);
            return;
        }

        var (phase, block) = (0, 0);
        for (var k = 0; k < output.Length; k++)
        {
            output[k] = At(input, block, phase);
            if (++phase == Phases)
            {
                phase = 0;
                block += Step;
            }
        }
    }

    /// <summary>A resampler for sound that arrives in blocks. Its whole output equals that of <see cref="Resample(ReadOnlySpan{float})"/>, sample for sample.</summary>
    public StreamResampler CreateStream() => new(this);

    /// <summary>Whether an input of this length holds all that <see cref="At"/> needs.</summary>
    internal bool Fits(int block, int phase, int length) => block + starts[phase] + Taps <= length;

    /// <summary>One output sample: that of a phase, its block of input beginning at an index of <paramref name="input"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal float At(ReadOnlySpan<float> input, int block, int phase)
    {
        var start = block + starts[phase];
        if (start >= 0 && start + stride <= input.Length)
            return Dot(input.Slice(start, stride), weights.AsSpan(phase * stride, stride));
        return AtEdge(input, start, weights.AsSpan(phase * stride, Taps));
    }

    /// <summary>One output sample where the filter sticks out of the input, summed in the order of <see cref="Dot"/> so that blocks equal the whole.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    float AtEdge(ReadOnlySpan<float> input, int start, ReadOnlySpan<float> row)
    {
        Span<float> lanes = stackalloc float[Vector<float>.Count];
        lanes.Clear();
        for (var tap = Math.Max(0, -start); tap < row.Length && start + tap < input.Length; tap++)
            lanes[tap % lanes.Length] += input[start + tap] * row[tap];
        return Vector.Sum(new Vector<float>(lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static float Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> w)
    {
        var sum = Vector<float>.Zero;
        for (var i = 0; i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
            sum += new Vector<float>(x[i..]) * new Vector<float>(w[i..]);
        return Vector.Sum(sum);
    }

    static double Sinc(double t) => t == 0 ? 1 : Math.Sin(t * Math.PI) / (t * Math.PI);

    static double Square(double x) => x * x;
}
