using System.Buffers.Binary;
using System.IO.Compression;
using System.Net;
using Google.Protobuf;

namespace MultiModal.AspNetCore.Tests.Support;

/// <summary>A client of gRPC in a few lines, apart from what it tests. A real one is in <see cref="Grpc.NodeClientTests"/>.</summary>
sealed class GrpcClient(Uri address, string? key) : IDisposable
{
    readonly HttpClient client = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };

    public static byte[] Frame(byte[] message, bool compressed = false)
    {
        if (compressed)
            message = Gzip(message);
        var frame = new byte[5 + message.Length];
        frame[0] = (byte)(compressed ? 1 : 0);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }

    public static byte[] Gzip(byte[] bytes)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.SmallestSize))
            gzip.Write(bytes);
        return target.ToArray();
    }

    public Task<GrpcAnswer> CallAsync(string method, IMessage message, Action<HttpRequestMessage>? change = null) =>
        CallAsync(method, new ByteArrayContent(Frame(message.ToByteArray())), change);

    public async Task<GrpcAnswer> CallAsync(string method, HttpContent content, Action<HttpRequestMessage>? change = null, CancellationToken cancellationToken = default)
    {
        using var answer = await SendAsync(method, content, change, cancellationToken);
        var bytes = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
        return GrpcAnswer.Of(answer, bytes);
    }

    public Task<HttpResponseMessage> SendAsync(string method, HttpContent content, Action<HttpRequestMessage>? change = null, CancellationToken cancellationToken = default)
    {
        content.Headers.ContentType ??= new("application/grpc");
        var request = new HttpRequestMessage(HttpMethod.Post, $"/multimodal.v1.{method}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        request.Headers.TE.Add(new("trailers"));
        if (key is not null)
            request.Headers.Add("x-api-key", key);
        change?.Invoke(request);
        return client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    public void Dispose() => client.Dispose();
}

/// <summary>What came back.</summary>
sealed record GrpcAnswer(HttpStatusCode Http, int Status, string? Message, IReadOnlyList<byte[]> Messages, HttpResponseMessage Response)
{
    /// <summary>When to come back, in milliseconds; 0 where the answer does not say.</summary>
    public int RetryPushback => int.TryParse(Header(Response, "grpc-retry-pushback-ms"), System.Globalization.CultureInfo.InvariantCulture, out var wait) ? wait : 0;

    public static GrpcAnswer Of(HttpResponseMessage answer, byte[] body)
    {
        var messages = new List<byte[]>();
        var gzip = answer.Headers.TryGetValues("grpc-encoding", out var encodings) && encodings.Contains("gzip");
        for (var at = 0; at < body.Length;)
        {
            var length = (int)BinaryPrimitives.ReadUInt32BigEndian(body.AsSpan(at + 1));
            var message = body.AsSpan(at + 5, length).ToArray();
            messages.Add(body[at] == 1 && gzip ? Gunzip(message) : message);
            at += 5 + length;
        }

        var status = Header(answer, "grpc-status");
        return new(answer.StatusCode, status is null ? -1 : int.Parse(status, System.Globalization.CultureInfo.InvariantCulture), Uri.UnescapeDataString(Header(answer, "grpc-message") ?? ""), messages, answer);
    }

    static string? Header(HttpResponseMessage answer, string name) =>
        answer.TrailingHeaders.TryGetValues(name, out var trailers) ? trailers.Single() : answer.Headers.TryGetValues(name, out var headers) ? headers.Single() : null;

    static byte[] Gunzip(byte[] bytes)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress))
            gzip.CopyTo(target);
        return target.ToArray();
    }
}
