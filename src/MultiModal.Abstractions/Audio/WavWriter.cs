namespace MultiModal.Audio;

/// <summary>Writes a WAV file piece by piece, in memory that does not grow with its length. For one caller at a time. Disposing completes the file.</summary>
/// <remarks>
/// Samples beyond -1..1 are limited and NaN becomes silence, except in floating point. A file that passes 4 GiB becomes RF64 by itself. On a stream that
/// cannot seek the sizes stay unknown (0xFFFFFFFF), which readers take as "to the end". Extensible headers are written where the format asks for them:
/// more than two channels, or integers of more than 16 bits.
/// </remarks>
public sealed class WavWriter : IDisposable, IAsyncDisposable
{
    const int BlockSamples = 16 * 1024;

    readonly Stream stream;
    readonly bool leaveOpen;
    readonly long start;
    readonly byte[] buffer;
    readonly int headerLength;
    bool completed;

    WavWriter(Stream stream, AudioFormat format, WavEncoding encoding, bool leaveOpen)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (encoding is WavEncoding.ALaw or WavEncoding.MuLaw || !Enum.IsDefined(encoding))
            throw new ArgumentOutOfRangeException(nameof(encoding), encoding, "This encoding cannot be written.");
        if (format.Channels == 0)
            throw new ArgumentException("The format has no channels: make it with a sample rate.", nameof(format));
        this.stream = stream;
        this.leaveOpen = leaveOpen;
        (Format, Encoding) = (format, encoding);
        start = stream.CanSeek ? stream.Position : 0;
        buffer = new byte[BlockSamples * encoding.BytesPerSample()];
        headerLength = WavHeaderWriter.Write(buffer, format, encoding, stream.CanSeek, null);
    }

    /// <summary>The sample rate and the number of channels.</summary>
    public AudioFormat Format { get; }

    /// <summary>How samples are stored.</summary>
    public WavEncoding Encoding { get; }

    /// <summary>Frames written so far.</summary>
    public long FrameCount { get; private set; }

    /// <summary>Begins a file, replacing one that is there.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="format">The sample rate and the number of channels.</param>
    /// <param name="encoding">How to store samples; 16-bit integers by default.</param>
    /// <exception cref="IOException">It cannot be created.</exception>
    public static WavWriter Create(string path, AudioFormat format, WavEncoding encoding = WavEncoding.Pcm16) =>
        Create(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, 64 * 1024, FileOptions.Asynchronous), format, encoding);

    /// <summary>Begins a file in a stream.</summary>
    /// <param name="stream">The stream; where it can seek, the sizes in the header are completed at the end.</param>
    /// <param name="format">The sample rate and the number of channels.</param>
    /// <param name="encoding">How to store samples; 16-bit integers by default.</param>
    /// <param name="leaveOpen">Whether the stream stays open when the writer is disposed.</param>
    public static WavWriter Create(Stream stream, AudioFormat format, WavEncoding encoding = WavEncoding.Pcm16, bool leaveOpen = false) =>
        new(stream, format, encoding, leaveOpen);

    /// <summary>Writes frames.</summary>
    /// <param name="interleaved">Whole frames, interleaved.</param>
    /// <exception cref="ArgumentException">It is not a whole number of frames.</exception>
    public void Write(ReadOnlySpan<float> interleaved)
    {
        CheckFrames(interleaved.Length);
        WriteHeaderOnce();
        for (var at = 0; at < interleaved.Length; at += BlockSamples)
            stream.Write(Encode(interleaved[at..Math.Min(interleaved.Length, at + BlockSamples)]));
        FrameCount += interleaved.Length / Format.Channels;
    }

    /// <inheritdoc cref="Write"/>
    /// <param name="interleaved">Whole frames, interleaved.</param>
    /// <param name="cancellationToken">Ends the operation; the file is then incomplete.</param>
    public async ValueTask WriteAsync(ReadOnlyMemory<float> interleaved, CancellationToken cancellationToken = default)
    {
        CheckFrames(interleaved.Length);
        await WriteHeaderOnceAsync(cancellationToken).ConfigureAwait(false);
        for (var at = 0; at < interleaved.Length; at += BlockSamples)
        {
            var length = Encode(interleaved.Span[at..Math.Min(interleaved.Length, at + BlockSamples)]).Length;
            await stream.WriteAsync(buffer.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
        }

        FrameCount += interleaved.Length / Format.Channels;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (completed)
            return;
        WriteHeaderOnce();
        completed = true;
        if ((DataBytes & 1) != 0)
            stream.WriteByte(0);
        if (stream.CanSeek)
        {
            var end = stream.Position;
            stream.Position = start;
            stream.Write(buffer, 0, FinalHeader());
            stream.Position = end;
        }

        if (leaveOpen)
            stream.Flush();
        else
            stream.Dispose();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (completed)
            return;
        await WriteHeaderOnceAsync(CancellationToken.None).ConfigureAwait(false);
        completed = true;
        if ((DataBytes & 1) != 0)
            await stream.WriteAsync(new byte[1]).ConfigureAwait(false);
        if (stream.CanSeek)
        {
            var end = stream.Position;
            stream.Position = start;
            await stream.WriteAsync(buffer.AsMemory(0, FinalHeader())).ConfigureAwait(false);
            stream.Position = end;
        }

        if (leaveOpen)
            await stream.FlushAsync().ConfigureAwait(false);
        else
            await stream.DisposeAsync().ConfigureAwait(false);
    }

    long DataBytes => FrameCount * Format.Channels * Encoding.BytesPerSample();

    bool headerWritten;

    void WriteHeaderOnce()
    {
        ObjectDisposedException.ThrowIf(completed, this);
        if (headerWritten)
            return;
        headerWritten = true;
        stream.Write(buffer, 0, headerLength);
    }

    async ValueTask WriteHeaderOnceAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(completed, this);
        if (headerWritten)
            return;
        headerWritten = true;
        await stream.WriteAsync(buffer.AsMemory(0, headerLength), cancellationToken).ConfigureAwait(false);
    }

    ReadOnlySpan<byte> Encode(ReadOnlySpan<float> samples)
    {
        var bytes = buffer.AsSpan(0, samples.Length * Encoding.BytesPerSample());
        SampleCodec.Encode(samples, bytes, Encoding);
        return bytes;
    }

    int FinalHeader() => WavHeaderWriter.Write(buffer, Format, Encoding, true, FrameCount);

    void CheckFrames(int samples)
    {
        if (samples % Format.Channels != 0)
            throw new ArgumentException($"{samples} samples are not a whole number of frames of {Format.Channels} channels.", nameof(samples));
    }
}
