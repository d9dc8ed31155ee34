using System.IO.Compression;

namespace MultiModal.Runtime.Weights.Torch;

/// <summary>Bytes that a zip archive holds deflated. PyTorch never writes them so, but people repack archives.</summary>
sealed class DeflatedStorage(RandomAccessFile file, long start, ZipEntry entry) : IStorageData
{
    public (RandomAccessFile File, long Offset)? Place => null;

    public void Read(long offset, Span<byte> destination)
    {
        try
        {
            using var inflater = new DeflateStream(new Window(file, start, entry.CompressedLength), CompressionMode.Decompress);
            var skipped = new byte[(int)Math.Min(offset, 1 << 16)];
            while (offset > 0)
            {
                var part = skipped.AsSpan(0, (int)Math.Min(offset, skipped.Length));
                inflater.ReadExactly(part);
                offset -= part.Length;
            }

            inflater.ReadExactly(destination);
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            throw new InvalidFileException(file.Path, "The compressed data are damaged.", $"member '{entry.Name}'", innerException: error);
        }
    }

    /// <summary>A part of a file as a stream.</summary>
    sealed class Window(RandomAccessFile file, long start, long length) : Stream
    {
        long position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => length;

        public override long Position
        {
            get => position;
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            var count = (int)Math.Min(buffer.Length, length - position);
            file.Read(start + position, buffer[..count]);
            position += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
