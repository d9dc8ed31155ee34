using System.Buffers.Binary;
using System.Net;
using Google.Protobuf;
using MultiModal.AspNetCore.Grpc.Messages;
using MultiModal.Audio;

namespace MultiModal.Benchmarks.Host;

/// <summary>A way to have a sound converted, for one caller at a time.</summary>
interface IVoiceCall : IAsyncDisposable
{
    /// <summary>Sends the sound and waits until all of it is back.</summary>
    Task InvokeAsync(CancellationToken cancellationToken);
}

/// <summary>What is sent.</summary>
sealed class Sound
{
    public const int Rate = 48000;

    public Sound(int frames)
    {
        var clip = new AudioClip([.. Enumerable.Range(0, frames).Select(static i => MathF.Sin(i * 0.03f) / 2)], Rate);
        using var stream = new MemoryStream();
        WavFile.Write(stream, clip);
        Wav = stream.ToArray();
        // What follows the header is the same 16-bit samples.
        Pcm = ByteString.CopyFrom(Wav.AsSpan(Wav.Length - (frames * sizeof(short))));
    }

    public byte[] Wav { get; }

    public ByteString Pcm { get; }
}

/// <summary>POST v1/voice/conversions over HTTP/1.1 with a connection that is kept, as REST clients do.</summary>
sealed class RestCall(Uri address, Sound sound, bool asForm) : IVoiceCall
{
    readonly HttpClient client = Clients.Create(address);

    public async Task InvokeAsync(CancellationToken cancellationToken)
    {
        HttpContent content = new ByteArrayContent(sound.Wav);
        content.Headers.ContentType = new("audio/wav");
        using var body = asForm ? new MultipartFormDataContent { { content, "audio", "in.wav" } } : content;
        using var answer = await client.PostAsync("v1/voice/conversions", body, cancellationToken);
        answer.EnsureSuccessStatusCode();
        var bytes = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
        if (bytes.Length != sound.Wav.Length) throw new InvalidDataException($"{bytes.Length} bytes came back of {sound.Wav.Length}.");
    }

    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>Voice/Convert.</summary>
sealed class GrpcCall(Uri address, Sound sound) : IVoiceCall
{
    readonly HttpClient client = Clients.Create(address);

    public async Task InvokeAsync(CancellationToken cancellationToken)
    {
        var message = new ConvertRequest { Audio = new() { Data = sound.Pcm, SampleRate = Sound.Rate } };
        using var request = Clients.Call("Voice/Convert", new ByteArrayContent(Clients.Frame(message)));
        using var answer = await client.SendAsync(request, cancellationToken);
        var body = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
        var audio = body.Length > 5 ? ConvertResponse.Parser.ParseFrom(body.AsSpan(5)).Audio : null;
        if (audio?.Data.Length != sound.Pcm.Length) throw new InvalidDataException($"{audio?.Data.Length ?? 0} bytes came back of {sound.Pcm.Length}.");
    }

    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>Voice/Stream, held open: a call is a message and its answer.</summary>
sealed class GrpcStream(Uri address, Sound sound) : IVoiceCall
{
    /// <summary>The largest message sent, as live sound comes: a second.</summary>
    const int Piece = Sound.Rate * 2;

    readonly HttpClient client = Clients.Create(address);
    readonly OpenContent content = new();
    Stream? answers;

    public async Task InvokeAsync(CancellationToken cancellationToken)
    {
        answers ??= await OpenAsync(cancellationToken);
        var (sent, received) = (0, 0);
        var header = new byte[5];
        while (received < sound.Pcm.Length)
        {
            if (sent == received)
            {
                var piece = sound.Pcm.Memory.Slice(sent, Math.Min(Piece, sound.Pcm.Length - sent));
                await content.SendAsync(new StreamRequest { Audio = ByteString.CopyFrom(piece.Span) }, cancellationToken);
                sent += piece.Length;
            }

            await answers.ReadExactlyAsync(header, cancellationToken);
            var message = new byte[BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(1))];
            await answers.ReadExactlyAsync(message, cancellationToken);
            received += StreamResponse.Parser.ParseFrom(message).Audio.Length;
        }
    }

    public ValueTask DisposeAsync()
    {
        content.Finish();
        client.Dispose();
        return ValueTask.CompletedTask;
    }

    async Task<Stream> OpenAsync(CancellationToken cancellationToken)
    {
        var answering = client.SendAsync(Clients.Call("Voice/Stream", content), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        await content.SendAsync(new StreamRequest { Start = new() { SampleRate = Sound.Rate } }, cancellationToken);
        return await (await answering).Content.ReadAsStreamAsync(cancellationToken);
    }

    sealed class OpenContent : HttpContent
    {
        readonly TaskCompletionSource<Stream> opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
        readonly TaskCompletionSource finished = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task SendAsync(IMessage message, CancellationToken cancellationToken)
        {
            var stream = await opened.Task;
            await stream.WriteAsync(Clients.Frame(message), cancellationToken);
            await stream.FlushAsync(cancellationToken);
        }

        public void Finish() => finished.TrySetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
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
}

/// <summary>What the ways share.</summary>
static class Clients
{
    public static HttpClient Create(Uri address)
    {
        var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = address };
        client.DefaultRequestHeaders.Add("X-Api-Key", EchoHost.Key);
        return client;
    }

    public static HttpRequestMessage Call(string method, HttpContent content)
    {
        content.Headers.ContentType = new("application/grpc");
        var request = new HttpRequestMessage(HttpMethod.Post, "/multimodal.v1." + method)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        request.Headers.TE.Add(new("trailers"));
        return request;
    }

    public static byte[] Frame(IMessage message)
    {
        var frame = new byte[5 + message.CalculateSize()];
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)(frame.Length - 5));
        message.WriteTo(frame.AsSpan(5));
        return frame;
    }
}
