using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Pipelines;
using Google.Protobuf;

namespace MultiModal.AspNetCore.Grpc.Wire;

/// <summary>Reads messages off a request: a byte that tells whether it is compressed, four of length, and the message.</summary>
/// <param name="pipe">The request's body.</param>
/// <param name="gzip">Whether messages marked as compressed are so with gzip; otherwise none may be.</param>
/// <param name="maximumBytes">The largest message, compressed or not.</param>
internal sealed class GrpcFrameReader(PipeReader pipe, bool gzip, int maximumBytes)
{
    /// <summary>What stands before each message.</summary>
    public const int HeaderBytes = 5;

    /// <summary>The next message, or null after the last.</summary>
    /// <exception cref="GrpcException">The stream is not one of messages, or one is too large.</exception>
    public async ValueTask<T?> ReadAsync<T>(MessageParser<T> parser, CancellationToken cancellationToken)
        where T : class, IMessage<T>
    {
        while (true)
        {
            var read = await pipe.ReadAsync(cancellationToken).ConfigureAwait(false);
            var buffer = read.Buffer;
            if (TryParse(ref buffer, parser, out var message))
            {
                pipe.AdvanceTo(buffer.Start);
                return message;
            }

            if (read.IsCompleted)
            {
                var left = buffer.Length;
                pipe.AdvanceTo(buffer.End);
                return left == 0 ? null : throw new GrpcException(GrpcStatus.InvalidArgument, "The stream ends within a message.");
            }

            pipe.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    bool TryParse<T>(ref ReadOnlySequence<byte> buffer, MessageParser<T> parser, out T? message)
        where T : class, IMessage<T>
    {
        message = null;
        if (buffer.Length < HeaderBytes)
            return false;
        Span<byte> header = stackalloc byte[HeaderBytes];
        buffer.Slice(0, HeaderBytes).CopyTo(header);
        var length = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        // Refused by its header: what is too large is never gathered.
        if (length > (uint)maximumBytes)
            throw TooLarge();
        if (header[0] > 1)
            throw new GrpcException(GrpcStatus.InvalidArgument, "The stream is not one of gRPC messages.");
        if (header[0] == 1 && !gzip)
            throw new GrpcException(GrpcStatus.InvalidArgument, $"A message is marked as compressed, but {GrpcHeaders.Encoding} names no compression.");
        if (buffer.Length < HeaderBytes + length)
            return false;
        var body = buffer.Slice(HeaderBytes, length);
        message = Parse(header[0] == 1 ? Inflate(body) : body, parser);
        buffer = buffer.Slice(body.End);
        return true;
    }

    static T Parse<T>(ReadOnlySequence<byte> body, MessageParser<T> parser)
        where T : class, IMessage<T>
    {
        try
        {
            return parser.ParseFrom(body);
        }
        catch (InvalidProtocolBufferException)
        {
            throw new GrpcException(GrpcStatus.InvalidArgument, $"The message is not a {typeof(T).Name}.");
        }
    }

    ReadOnlySequence<byte> Inflate(ReadOnlySequence<byte> compressed)
    {
        using var source = new MemoryStream(compressed.ToArray(), writable: false);
        using var inflater = new GZipStream(source, CompressionMode.Decompress);
        var target = new ArrayBufferWriter<byte>();
        try
        {
            while (inflater.Read(target.GetSpan(16 * 1024)) is > 0 and var count)
            {
                target.Advance(count);
                // A small file can inflate to gigabytes: it is stopped when it passes the limit, not when it is done.
                if (target.WrittenCount > maximumBytes)
                    throw TooLarge();
            }
        }
        catch (InvalidDataException)
        {
            throw new GrpcException(GrpcStatus.InvalidArgument, "A compressed message is damaged.");
        }

        return new(target.WrittenMemory);
    }

    GrpcException TooLarge() => new(GrpcStatus.ResourceExhausted, $"A message is larger than {maximumBytes} bytes.");
}
