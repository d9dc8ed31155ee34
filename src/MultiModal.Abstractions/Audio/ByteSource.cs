namespace MultiModal.Audio;

/// <summary>A stream read forward, with its position and its name for errors. Every method runs synchronously unless told to be asynchronous.</summary>
sealed class ByteSource(Stream stream, string name) : IDisposable, IAsyncDisposable
{
    readonly long start = stream.CanSeek ? stream.Position : 0;

    /// <summary>Bytes read or passed over so far.</summary>
    internal long Position { get; private set; }

    /// <summary>Bytes left, where the stream can tell.</summary>
    internal long? Remaining => stream.CanSeek ? Math.Max(0, stream.Length - start - Position) : null;

    internal bool CanSeek => stream.CanSeek;

    public void Dispose() => stream.Dispose();

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    internal InvalidFileException Error(string problem, string? location = null, string? remedy = null) => new(name, problem, location, remedy);

    /// <summary>Fills the buffer; less comes back only at the end.</summary>
    internal int Read(Span<byte> buffer)
    {
        var read = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        Position += read;
        return read;
    }

    /// <summary>Fills the buffer; less comes back only at the end.</summary>
    internal async ValueTask<int> ReadAsync(Memory<byte> buffer, bool async, CancellationToken cancellationToken)
    {
        if (!async)
            return Read(buffer.Span);
        var read = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        Position += read;
        return read;
    }

    /// <summary>Passes over bytes. False when the stream ends before.</summary>
    internal async ValueTask<bool> SkipAsync(long count, bool async, CancellationToken cancellationToken)
    {
        if (Remaining is { } remaining)
        {
            if (count > remaining)
                return false;
            stream.Seek(count, SeekOrigin.Current);
            Position += count;
            return true;
        }

        var buffer = new byte[(int)Math.Min(count, 16384)];
        while (count > 0)
        {
            var read = await ReadAsync(buffer.AsMemory(0, (int)Math.Min(count, buffer.Length)), async, cancellationToken).ConfigureAwait(false);
            if (read == 0)
                return false;
            count -= read;
        }

        return true;
    }

    internal void Seek(long position)
    {
        stream.Seek(start + position, SeekOrigin.Begin);
        Position = position;
    }
}
