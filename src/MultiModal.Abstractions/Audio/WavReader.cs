namespace MultiModal.Audio;

/// <summary>Reads a WAV file piece by piece, in memory that does not grow with its length. For one caller at a time.</summary>
/// <remarks>
/// Reads RIFF, RF64 and BW64 with integers of 8, 16, 24 and 32 bits, floating point of 32 and 64, A-law and mu-law; plain and extensible headers; unknown
/// chunks are passed over. Streams that cannot seek are read as well.
/// </remarks>
public sealed class WavReader : IDisposable, IAsyncDisposable
{
    const int MaxBufferBytes = 64 * 1024;

    readonly ByteSource source;
    readonly WavHeader header;
    readonly bool allowTruncated;
    readonly bool leaveOpen;
    readonly byte[] buffer;

    WavReader(ByteSource source, WavHeader header, bool allowTruncated, bool leaveOpen)
    {
        this.source = source;
        this.header = header;
        this.allowTruncated = allowTruncated;
        this.leaveOpen = leaveOpen;
        buffer = new byte[Math.Max(1, MaxBufferBytes / header.FrameBytes) * header.FrameBytes];
    }

    /// <summary>The sample rate and the number of channels.</summary>
    public AudioFormat Format => header.Format;

    /// <summary>How the file stores samples.</summary>
    public WavEncoding Encoding => header.Encoding;

    /// <summary>Samples per channel, or null when the file does not say and its stream cannot seek.</summary>
    public long? FrameCount => header.DataBytes / header.FrameBytes;

    /// <summary>The frame that is read next.</summary>
    public long Position { get; private set; }

    /// <summary>Opens a file.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="options">What to put up with; the defaults when null.</param>
    /// <exception cref="InvalidFileException">It is no WAV file, or a damaged one, or stores samples in a way that is not supported.</exception>
    /// <exception cref="IOException">It cannot be opened or read.</exception>
    public static WavReader Open(string path, WavReadOptions? options = null)
    {
        var stream = OpenFile(path, FileOptions.SequentialScan);
        return Open(stream, path, options);
    }

    /// <inheritdoc cref="Open(string, WavReadOptions)"/>
    /// <param name="path">Its path.</param>
    /// <param name="options">What to put up with; the defaults when null.</param>
    /// <param name="cancellationToken">Ends the operation.</param>
    public static ValueTask<WavReader> OpenAsync(string path, WavReadOptions? options = null, CancellationToken cancellationToken = default) =>
        OpenAsync(OpenFile(path, FileOptions.SequentialScan | FileOptions.Asynchronous), path, options, false, cancellationToken);

    /// <summary>Opens a stream that stands at the first byte of a WAV file.</summary>
    /// <param name="stream">The stream; it need not be able to seek.</param>
    /// <param name="name">What to call it in errors.</param>
    /// <param name="options">What to put up with; the defaults when null.</param>
    /// <param name="leaveOpen">Whether the stream stays open when the reader is disposed.</param>
    /// <exception cref="InvalidFileException">It is no WAV file, or a damaged one, or stores samples in a way that is not supported.</exception>
    public static WavReader Open(Stream stream, string name = "WAV stream", WavReadOptions? options = null, bool leaveOpen = false)
    {
        var opened = OpenCoreAsync(stream, name, options, leaveOpen, async: false, CancellationToken.None);
        return opened.IsCompleted ? opened.Result : throw new InvalidOperationException("Every step ends before it returns when it is not asynchronous.");
    }

    /// <inheritdoc cref="Open(Stream, string, WavReadOptions, bool)"/>
    /// <param name="stream">The stream; it need not be able to seek.</param>
    /// <param name="name">What to call it in errors.</param>
    /// <param name="options">What to put up with; the defaults when null.</param>
    /// <param name="leaveOpen">Whether the stream stays open when the reader is disposed.</param>
    /// <param name="cancellationToken">Ends the operation.</param>
    public static ValueTask<WavReader> OpenAsync(Stream stream, string name = "WAV stream", WavReadOptions? options = null, bool leaveOpen = false, CancellationToken cancellationToken = default) =>
        OpenCoreAsync(stream, name, options, leaveOpen, async: true, cancellationToken);

    /// <summary>Reads the next frames, interleaved.</summary>
    /// <param name="interleaved">Where to put them; room for at least one frame, unless empty. Only whole frames are written.</param>
    /// <returns>The number of frames read, as many as there is room for; less only at the end of the file, 0 after it.</returns>
    /// <exception cref="InvalidFileException">The file ends before it said it would.</exception>
    public int Read(Span<float> interleaved)
    {
        var done = 0;
        for (var room = interleaved.Length / Format.Channels; done < room;)
        {
            var bytes = NextBytes(room - done);
            var frames = Took(bytes, bytes == 0 ? 0 : source.Read(buffer.AsSpan(0, bytes)));
            if (frames == 0)
                break;
            SampleCodec.Decode(buffer, interleaved.Slice(done * Format.Channels, frames * Format.Channels), Encoding);
            done += frames;
        }

        return done;
    }

    /// <inheritdoc cref="Read"/>
    /// <param name="interleaved">Where to put them; room for at least one frame, unless empty. Only whole frames are written.</param>
    /// <param name="cancellationToken">Ends the operation.</param>
    public async ValueTask<int> ReadAsync(Memory<float> interleaved, CancellationToken cancellationToken = default)
    {
        var done = 0;
        for (var room = interleaved.Length / Format.Channels; done < room;)
        {
            var bytes = NextBytes(room - done);
            var frames = Took(bytes, bytes == 0 ? 0 : await source.ReadAsync(buffer.AsMemory(0, bytes), true, cancellationToken).ConfigureAwait(false));
            if (frames == 0)
                break;
            SampleCodec.Decode(buffer, interleaved.Span.Slice(done * Format.Channels, frames * Format.Channels), Encoding);
            done += frames;
        }

        return done;
    }

    /// <summary>Goes to a frame.</summary>
    /// <param name="frame">The frame to read next, from 0 to <see cref="FrameCount"/>.</param>
    /// <exception cref="NotSupportedException">The stream cannot seek.</exception>
    public void Seek(long frame)
    {
        if (!source.CanSeek)
            throw new NotSupportedException("The stream cannot seek.");
        ArgumentOutOfRangeException.ThrowIfNegative(frame);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(frame, FrameCount ?? long.MaxValue);
        source.Seek(header.DataOffset + (frame * header.FrameBytes));
        Position = frame;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!leaveOpen)
            source.Dispose();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => leaveOpen ? ValueTask.CompletedTask : source.DisposeAsync();

    int NextBytes(int frames)
    {
        var left = (FrameCount ?? long.MaxValue) - Position;
        return (int)Math.Min(Math.Min(frames, left), buffer.Length / header.FrameBytes) * header.FrameBytes;
    }

    int Took(int wanted, int got)
    {
        var frames = got / header.FrameBytes;
        Position += frames;
        if (got < wanted && header.DataBytes is not null && !allowTruncated)
            throw source.Error($"It ends after frame {Position} of {FrameCount}.", $"offset {source.Position}", "The file was cut off.");
        return frames;
    }

    /// <summary>Whether the length was checked against that of the stream.</summary>
    internal bool IsLengthCertain => source.CanSeek;

    static FileStream OpenFile(string path, FileOptions options) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 64 * 1024, options);

    static async ValueTask<WavReader> OpenCoreAsync(Stream stream, string name, WavReadOptions? options, bool leaveOpen, bool async, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        options ??= WavReadOptions.Default;
        var source = new ByteSource(stream, name);
        try
        {
            var header = await new WavHeaderParser(source, options).ParseAsync(async, cancellationToken).ConfigureAwait(false);
            return new(source, header, options.AllowTruncated, leaveOpen);
        }
        catch when (!leaveOpen)
        {
            if (async)
                await source.DisposeAsync().ConfigureAwait(false);
            else
                source.Dispose();
            throw;
        }
    }
}
