using System.Security.Cryptography;

namespace MultiModal.Pipeline.Security;

/// <summary>Reads a sealed recording: a chunk is given out only after its tag has been checked, and the end only after the last chunk's.</summary>
sealed class UnsealingStream : Stream
{
    readonly Stream source;
    readonly string id;
    readonly byte[] bound;
    readonly AesGcm cipher;
    readonly byte[] plain = new byte[SealedFormat.ChunkLength];
    readonly byte[] input = new byte[SealedFormat.ChunkLength + SealedFormat.TagLength];
    readonly long chunks, length;
    long chunk;
    int filled, given;
    bool isBroken;

    UnsealingStream(Stream source, string id, byte[] key, byte[] header, long length)
    {
        (this.source, this.id, this.length) = (source, id, length);
        bound = SealedFormat.AssociatedData(id, header);
        cipher = new(key, SealedFormat.TagLength);
        chunks = SealedFormat.ChunksOf(length);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <param name="source">The sealed bytes; the stream becomes the result's, also when this fails.</param>
    /// <param name="id">The recording.</param>
    /// <param name="key">Its key; not kept.</param>
    /// <param name="length">Its length in plain, by its key record.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<UnsealingStream> OpenAsync(Stream source, string id, byte[] key, long length, CancellationToken cancellationToken)
    {
        try
        {
            var header = new byte[SealedFormat.HeaderLength];
            var read = await source.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            if (!SealedFormat.IsHeader(header.AsSpan(0, read))) throw new VaultTamperedException(id, "header");
            if (source.CanSeek && source.Length != SealedFormat.SealedLength(length)) throw new VaultTamperedException(id, "length");
            return new(source, id, key, header, length);
        }
        catch
        {
            await source.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public override int Read(Span<byte> buffer)
    {
        while (given == filled)
        {
            if (chunk == chunks) return 0;
            Accept(source.ReadAtLeast(input.AsSpan(0, Wanted), Wanted, throwOnEndOfStream: false));
            if (filled == 0) return 0;
        }

        return Give(buffer);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (given == filled)
        {
            if (chunk == chunks) return 0;
            Accept(await source.ReadAtLeastAsync(input.AsMemory(0, Wanted), Wanted, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false));
            if (filled == 0) return 0;
        }

        return Give(buffer.Span);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            source.Dispose();
            cipher.Dispose();
            CryptographicOperations.ZeroMemory(plain);
        }

        base.Dispose(disposing);
    }

    /// <summary>Bytes of the next chunk with its tag.</summary>
    int Wanted => (int)Math.Min(SealedFormat.ChunkLength, length - (chunk * SealedFormat.ChunkLength)) + SealedFormat.TagLength;

    void Accept(int read)
    {
        var wanted = Wanted;
        Span<byte> nonce = stackalloc byte[SealedFormat.NonceLength];
        SealedFormat.Nonce(nonce, chunk, chunk == chunks - 1);
        (filled, given) = (0, 0);
        try
        {
            if (isBroken || read < wanted) throw new AuthenticationTagMismatchException();
            var size = wanted - SealedFormat.TagLength;
            cipher.Decrypt(nonce, input.AsSpan(0, size), input.AsSpan(size, SealedFormat.TagLength), plain.AsSpan(0, size), bound);
            filled = size;
            chunk++;
        }
        catch (AuthenticationTagMismatchException error)
        {
            isBroken = true;
            throw new VaultTamperedException(id, $"chunk {chunk}", error);
        }
    }

    int Give(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, filled - given);
        plain.AsSpan(given, count).CopyTo(buffer);
        given += count;
        return count;
    }
}
