using System.Buffers.Binary;
using System.Net;
using Google.Protobuf;

namespace MultiModal.AspNetCore.Tests.Support;

/// <summary>A request's body that is written while the answer is read.</summary>
sealed class PushContent : HttpContent
{
    readonly TaskCompletionSource<Stream> opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource finished = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PushContent() => Headers.ContentType = new("application/grpc");

    public async Task SendAsync(IMessage message)
    {
        await SendRawAsync(GrpcClient.Frame(message.ToByteArray()));
    }

    public async Task SendRawAsync(byte[] bytes)
    {
        var stream = await opened.Task;
        await stream.WriteAsync(bytes);
        await stream.FlushAsync();
    }

    public void Finish() => finished.TrySetResult();

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        // The headers go out at once, so that the answer can begin.
        await stream.FlushAsync();
        opened.TrySetResult(stream);
        await finished.Task;
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}

/// <summary>Reads messages as they come.</summary>
sealed class FrameStream(Stream stream)
{
    public async Task<byte[]?> ReadAsync()
    {
        var header = new byte[5];
        var got = await stream.ReadAtLeastAsync(header, 5, throwOnEndOfStream: false).AsTask().WaitAsync(TimeSpan.FromSeconds(10));
        if (got == 0)
            return null;
        Assert.Equal(5, got);
        var message = new byte[BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(1))];
        await stream.ReadExactlyAsync(message).AsTask().WaitAsync(TimeSpan.FromSeconds(10));
        return message;
    }
}
