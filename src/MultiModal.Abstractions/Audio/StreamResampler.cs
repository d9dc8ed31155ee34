namespace MultiModal.Audio;

/// <summary>
/// Resamples one channel that arrives in blocks of any size. What it returns, block after block and then <see cref="Flush"/>, is sample for sample what
/// <see cref="Resampler"/> makes of the whole. Nothing is allocated once the largest block has been seen. For one thread at a time.
/// </summary>
public sealed class StreamResampler
{
    readonly Resampler resampler;
    float[] buffer;
    int length;         // samples in the buffer
    int block;          // index in the buffer where the current block of input begins; may lie past what has arrived
    int phase;
    long consumed;      // samples taken in since the start
    long produced;

    internal StreamResampler(Resampler resampler)
    {
        this.resampler = resampler;
        buffer = new float[4096];
        Reset();
    }

    /// <summary>How many input samples after the time of an output sample must have arrived before it can be computed.</summary>
    public int Lookahead => resampler.Taps + resampler.FirstTap;

    /// <summary>The most samples one call can return for a block of this length.</summary>
    /// <param name="inputLength">The number of samples passed to <see cref="Process"/>.</param>
    public int MaxOutputLength(int inputLength) => checked((int)resampler.OutputLength(inputLength + (long)Lookahead) + 2);

    /// <summary>Takes a block in and returns what can be computed of the output.</summary>
    /// <param name="input">The next samples; any number.</param>
    /// <param name="output">Room for <see cref="MaxOutputLength"/> samples.</param>
    /// <returns>How many were written.</returns>
    /// <exception cref="ArgumentException">The output has no room.</exception>
    public int Process(ReadOnlySpan<float> input, Span<float> output)
    {
        if (output.Length < MaxOutputLength(input.Length))
            throw new ArgumentException($"A block of {input.Length} samples may return {MaxOutputLength(input.Length)}; there is room for {output.Length}.", nameof(output));
        Append(input);
        consumed += input.Length;
        return Produce(output, long.MaxValue);
    }

    /// <summary>Returns the rest, as if silence followed, and begins anew.</summary>
    /// <param name="output">Room for <see cref="MaxOutputLength"/> of 0 samples.</param>
    /// <returns>How many were written.</returns>
    public int Flush(Span<float> output)
    {
        var end = resampler.OutputLength(consumed);
        if (output.Length < end - produced)
            throw new ArgumentException($"{end - produced} samples are left; there is room for {output.Length}.", nameof(output));
        var silence = Lookahead + resampler.Step + 64;
        Reserve(silence);
        buffer.AsSpan(length, silence).Clear();
        length += silence;
        var written = Produce(output, end);
        Reset();
        return written;
    }

    /// <summary>Forgets what has arrived.</summary>
    public void Reset()
    {
        // What lies before the first sample is silence, as much of it as the first output sample reaches back.
        var before = -resampler.FirstTap;
        length = 0;
        Reserve(before);
        buffer.AsSpan(0, before).Clear();
        (length, block, phase, consumed, produced) = (before, before, 0, 0, 0);
    }

    int Produce(Span<float> output, long end)
    {
        var available = buffer.AsSpan(0, length);
        var written = 0;
        while (produced < end && resampler.Fits(block, phase, length))
        {
            output[written++] = resampler.At(available, block, phase);
            produced++;
            if (++phase == resampler.Phases)
            {
                phase = 0;
                block += resampler.Step;
            }
        }

        DropUsed();
        return written;
    }

    void DropUsed()
    {
        var unused = Math.Min(length, block + resampler.FirstTap);
        if (unused <= 0)
            return;
        buffer.AsSpan(unused, length - unused).CopyTo(buffer);
        length -= unused;
        block -= unused;
    }

    void Append(ReadOnlySpan<float> input)
    {
        Reserve(input.Length);
        input.CopyTo(buffer.AsSpan(length));
        length += input.Length;
    }

    void Reserve(int more)
    {
        if (length + more > buffer.Length)
            Array.Resize(ref buffer, Math.Max(buffer.Length * 2, length + more));
    }
}
