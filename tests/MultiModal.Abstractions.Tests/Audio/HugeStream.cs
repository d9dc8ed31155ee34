namespace MultiModal.Abstractions.Tests.Audio;

/// <summary>A stream of any length that remembers its first bytes only; the rest reads as zeros.</summary>
sealed class HugeStream : Stream
{
    readonly byte[] head = new byte[4096];
    long length;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => true;

    public override long Length => length;

    public override long Position { get; set; }

    public override int Read(byte[] buffer, int offset, int count)
    {
        var n = (int)Math.Min(count, length - Position);
        Array.Clear(buffer, offset, n);
        for (var i = 0; i < n && Position + i < head.Length; i++)
            buffer[offset + i] = head[Position + i];
        Position += n;
        return n;
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        for (var i = 0; i < count && Position + i < head.Length; i++)
            head[Position + i] = buffer[offset + i];
        Position += count;
        length = Math.Max(length, Position);
    }

    public override long Seek(long offset, SeekOrigin origin) =>
        Position = offset + (origin == SeekOrigin.Begin ? 0 : origin == SeekOrigin.Current ? Position : length);

    public override void SetLength(long value) => length = value;

    public override void Flush()
    {
    }
}
