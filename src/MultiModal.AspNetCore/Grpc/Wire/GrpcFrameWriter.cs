using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Pipelines;
using Google.Protobuf;

namespace MultiModal.AspNetCore.Grpc.Wire;

/// <summary>Writes messages as gRPC frames them.</summary>
/// <param name="pipe">The answer's body.</param>
/// <param name="gzip">Whether messages are compressed.</param>
internal sealed class GrpcFrameWriter(PipeWriter pipe, bool gzip)
{
    const int HeaderBytes = 5;

    public async ValueTask WriteAsync(IMessage message, CancellationToken cancellationToken)
    {
        if (gzip)
            WriteCompressed(message);
        else
            WritePlain(message);
        await pipe.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    void WritePlain(IMessage message)
    {
        WriteHeader(message.CalculateSize(), 0);
        message.WriteTo(pipe);
    }

    void WriteCompressed(IMessage message)
    {
        using var target = new MemoryStream();
        using (var deflater = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true))
            message.WriteTo(deflater);
        var bytes = target.GetBuffer().AsSpan(0, (int)target.Length);
        WriteHeader(bytes.Length, 1);
        pipe.Write(bytes);
    }

    void WriteHeader(int length, byte compressed)
    {
        var header = pipe.GetSpan(HeaderBytes);
        header[0] = compressed;
        BinaryPrimitives.WriteUInt32BigEndian(header[1..], (uint)length);
        pipe.Advance(HeaderBytes);
    }
}
