using System.Numerics.Tensors;
using MultiModal.Runtime.Random;

namespace MultiModal.Voice.Synthesis;

/// <summary>
/// The source of the decoder: a sine for each harmonic of the pitch with a little noise, or noise alone where there is no pitch, mixed to one
/// channel (Wang et al. 2019, "Neural source-filter waveform models", section II-B). It is made outside of the network, as a sum over time.
/// </summary>
/// <remarks>
/// The steps and their rounding are those of So-VITS-SVC 4.1 on CPU: phases are taken modulo 1 by subtracting 1 at the sample after
/// which a float32 running sum wrapped, and running sums are kept in double precision, as PyTorch's are.
/// </remarks>
/// <param name="sampleRate">Samples a second: <see cref="SvcConfig.SourceSampleRate"/>.</param>
/// <param name="hop">Samples for a frame.</param>
/// <param name="weight">The weight of each harmonic ("m_source.l_linear.weight").</param>
/// <param name="bias">Added to the mix ("m_source.l_linear.bias").</param>
public sealed class HarmonicSource(int sampleRate, int hop, ReadOnlyMemory<float> weight, float bias)
{
    const float Amplitude = 0.1f;
    const float VoicedDeviation = 0.003f;
    const int Chunk = 512;

    /// <summary>How many harmonics there are, the fundamental included.</summary>
    public int Harmonics => weight.Length;

    /// <summary>Samples a second.</summary>
    public int SampleRate => sampleRate;

    /// <summary>Samples for a frame.</summary>
    public int Hop => hop;

    /// <summary>Makes the source, drawing from a generator what the original draws: a phase for each harmonic, then noise for each harmonic and sample.</summary>
    /// <param name="pitch">In Hz for each frame; not above 0 where there is none.</param>
    /// <param name="random">The generator.</param>
    /// <returns>As many samples as there are frames, times the hop.</returns>
    public float[] Generate(ReadOnlySpan<float> pitch, TorchRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var phases = new float[Harmonics];
        random.Uniform(phases);
        var samples = checked(pitch.Length * hop);
        var noise = new float[checked(samples * Harmonics)];
        random.Normal(noise);
        // Drawn by the original for a second output that nothing uses; the generator moves on all the same.
        random.Normal(new float[samples]);
        var source = new float[samples];
        Generate(pitch, phases, noise, source);
        return source;
    }

    /// <summary>
    /// As <see cref="Generate(ReadOnlySpan{float}, TorchRandom)"/> by the rules of the vocoder NSF-HiFiGAN: the phases are repeated with the steps of the first frame, so that they are
    /// added to each of its samples, and nothing is drawn for a second output.
    /// </summary>
    internal float[] GenerateForVocoder(ReadOnlySpan<float> pitch, TorchRandom random)
    {
        var phases = new float[Harmonics];
        random.Uniform(phases);
        var samples = checked(pitch.Length * hop);
        var noise = new float[checked(samples * Harmonics)];
        random.Normal(noise);
        var source = new float[samples];
        Excite(sampleRate, hop, Harmonics, pitch, phases, noise, phaseSamples: hop);
        Mix(noise, source);
        return source;
    }

    /// <summary>Makes the source from numbers already drawn.</summary>
    /// <param name="pitch">In Hz for each frame.</param>
    /// <param name="phases">The phase of each harmonic at the start, in turns; that of the fundamental is not used.</param>
    /// <param name="noise">Normal numbers: [samples, harmonics]. Overwritten.</param>
    /// <param name="source">The result: frames * hop samples.</param>
    public void Generate(ReadOnlySpan<float> pitch, ReadOnlySpan<float> phases, Span<float> noise, Span<float> source)
    {
        Excite(sampleRate, hop, Harmonics, pitch, phases, noise);
        Mix(noise, source);
    }

    /// <summary>The harmonics before they are mixed, which training does inside the network.</summary>
    /// <param name="sampleRate">Samples a second.</param>
    /// <param name="hop">Samples for a frame.</param>
    /// <param name="count">How many harmonics.</param>
    /// <param name="pitch">In Hz for each frame.</param>
    /// <param name="phases">The phase of each harmonic at the start, in turns; that of the fundamental is not used.</param>
    /// <param name="noise">Normal numbers, [samples, harmonics]; the result.</param>
    /// <param name="phaseSamples">To how many samples the phases are added; 1 by default.</param>
    internal static void Excite(int sampleRate, int hop, int count, ReadOnlySpan<float> pitch, ReadOnlySpan<float> phases, Span<float> noise, int phaseSamples = 1)
    {
        Span<double> raw = stackalloc double[count], wrapped = stackalloc double[count];
        Span<float> last = stackalloc float[count], steps = stackalloc float[count];
        raw.Clear();
        wrapped.Clear();
        last.Clear();
        Span<float> turns = new float[Chunk * count];
        for (int frame = 0, at = 0; frame < pitch.Length; frame++)
        {
            var voiced = pitch[frame] > 0;
            for (var h = 0; h < count; h++) steps[h] = Fraction(pitch[frame] * (h + 1) / sampleRate);
            for (var left = hop; left > 0;)
            {
                var rows = Math.Min(left, Chunk);
                var block = turns[..(rows * count)];
                for (var row = 0; row < rows; row++)
                {
                    for (var h = 0; h < count; h++)
                    {
                        var step = at + row < phaseSamples && h > 0 ? steps[h] + phases[h] : steps[h];
                        raw[h] += step;
                        var turn = Fraction((float)raw[h]);
                        // A sum that fell has wrapped; the first sample has none before it.
                        if (at + row > 0 && turn < last[h]) step += -1f;
                        last[h] = turn;
                        wrapped[h] += step;
                        block[(row * count) + h] = (float)wrapped[h] * 2f * MathF.PI;
                    }
                }

                Excite(block, noise.Slice(at * count, rows * count), voiced);
                at += rows;
                left -= rows;
            }
        }
    }

    /// <summary>Makes the source of one frame of a stream, going on from the phases reached.</summary>
    /// <param name="pitch">In Hz; not above 0 where there is none.</param>
    /// <param name="phases">The phase of each harmonic in turns, 0 to 1; moved on.</param>
    /// <param name="noise">Normal numbers: [hop, harmonics]. Overwritten.</param>
    /// <param name="source">The result: a hop of samples.</param>
    internal void Continue(float pitch, Span<double> phases, Span<float> noise, Span<float> source)
    {
        const int Rows = 32;
        var count = Harmonics;
        Span<float> angles = stackalloc float[Rows * count];
        for (var at = 0; at < hop; at += Rows)
        {
            var rows = Math.Min(Rows, hop - at);
            for (var row = 0; row < rows; row++)
            {
                for (var h = 0; h < count; h++)
                {
                    phases[h] += (double)pitch * (h + 1) / sampleRate;
                    phases[h] -= Math.Floor(phases[h]);
                    angles[(row * count) + h] = (float)(phases[h] * 2 * Math.PI);
                }
            }

            var part = noise.Slice(at * count, rows * count);
            Excite(angles[..(rows * count)], part, pitch > 0);
            Mix(part, source.Slice(at, rows));
        }
    }

    static void Excite(Span<float> angles, Span<float> noise, bool voiced)
    {
        if (voiced)
        {
            TensorPrimitives.Sin(angles, angles);
            TensorPrimitives.Multiply(angles, Amplitude, angles);
            TensorPrimitives.MultiplyAdd(noise, VoicedDeviation, angles, noise);
        }
        else
        {
            TensorPrimitives.Multiply(noise, Amplitude / 3, noise);
        }
    }

    void Mix(Span<float> noise, Span<float> source)
    {
        var weights = weight.Span;
        for (var i = 0; i < source.Length; i++)
        {
            var sum = 0f;
            var row = noise.Slice(i * weights.Length, weights.Length);
            for (var h = 0; h < row.Length; h++) sum += row[h] * weights[h];
            source[i] = sum + bias;
        }

        TensorPrimitives.Tanh(source, source);
    }

    /// <summary>The remainder modulo 1 with the sign of the divisor, as Python's %; the subtraction rounds as fmod and a sum would.</summary>
    static float Fraction(float x) => x - MathF.Floor(x);
}
