using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using MultiModal.Audio;
using MultiModal.AspNetCore.Engines;
using MultiModal.AspNetCore.Errors;
using MultiModal.AspNetCore.Rest;

namespace MultiModal.AspNetCore.Realtime;

/// <summary>
/// Live voice conversion over a WebSocket: samples come in as binary messages, as many go out. The text {"type":"end"} says that no more come; what is under
/// way is then sent, {"type":"done"} after it, and the socket closed.
/// </summary>
internal sealed class VoiceSocket(VoiceWork work, Faults faults, IHostApplicationLifetime lifetime, IOptions<MultiModalHostOptions> options)
{
    const string Protocol = "multimodal.voice.v1";
    const int LargestMessage = 256 << 10;
    static readonly TimeSpan Parting = TimeSpan.FromSeconds(5);
    static readonly TimeSpan Sending = TimeSpan.FromSeconds(30);
    static readonly TimeSpan Ping = TimeSpan.FromSeconds(15);

    public async Task ServeAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
            throw new RefusalException(new(426, "websocket-needed", "This endpoint is a WebSocket."));
        var settings = context.Request.VoiceSettings();
        var format = new AudioFormat(Rate(context.Request));
        var isFloat = context.Request.Encoding() == WavEncoding.Float32;
        using var turn = await work.EnterStreamAsync(settings, format.SampleRate, context.RequestAborted).ConfigureAwait(false);

        var protocol = context.WebSockets.WebSocketRequestedProtocols.Contains(Protocol) ? Protocol : null;
        using var socket = await context.WebSockets.AcceptWebSocketAsync(
            new WebSocketAcceptContext { SubProtocol = protocol, KeepAliveInterval = Ping, KeepAliveTimeout = Ping }).ConfigureAwait(false);
        var session = new Session(socket, format, isFloat, options.Value.Limits.StreamIdleTimeout, lifetime.ApplicationStopping);
        try
        {
            await session.SendTextAsync($$"""{"type":"ready","sampleRate":{{format.SampleRate}},"encoding":"{{(isFloat ? "float32" : "pcm16")}}"}""", context.RequestAborted).ConfigureAwait(false);
            await foreach (var clip in work.StreamAsync(session.ReadAsync(context.RequestAborted), settings, context.RequestAborted).ConfigureAwait(false))
                await session.SendAsync(PcmCodec.Encode(clip, isFloat), WebSocketMessageType.Binary, context.RequestAborted).ConfigureAwait(false);
            if (session.IsCut)
                await session.CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "The host is shutting down.").ConfigureAwait(false);
            else
                await session.FinishAsync(context.RequestAborted).ConfigureAwait(false);
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException || context.RequestAborted.IsCancellationRequested)
        {
            // The other side has gone: there is nobody to tell.
            socket.Abort();
        }
        catch (Exception error)
        {
            var refusal = faults.Explain(error);
            await session.CloseAsync(refusal.Status switch
            {
                413 => WebSocketCloseStatus.MessageTooBig,
                >= 500 => WebSocketCloseStatus.InternalServerError,
                _ => WebSocketCloseStatus.PolicyViolation,
            }, refusal.Detail).ConfigureAwait(false);
            if (refusal.Status >= 500)
                throw;
        }
    }

    static int Rate(HttpRequest request)
    {
        var rate = request.Integer("sampleRate") ?? 48000;
        VoiceWork.CheckFormat(rate, 1);
        return rate;
    }

    /// <summary>One connection.</summary>
    sealed class Session(WebSocket socket, AudioFormat format, bool isFloat, TimeSpan idle, CancellationToken stopping)
    {
        /// <summary>Whether it ends because the host does.</summary>
        public bool IsCut { get; private set; }

        public async IAsyncEnumerable<AudioClip> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            var buffer = new byte[LargestMessage];
            var stopped = new TaskCompletionSource();
            using var registration = stopping.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), stopped);
            while (true)
            {
                // A receive that is cancelled takes the socket with it: it is left alone instead when the host stops.
                var receiving = ReceiveAsync(buffer, cancellationToken);
                if (await Task.WhenAny(receiving, stopped.Task).ConfigureAwait(false) != receiving)
                {
                    IsCut = true;
                    _ = receiving.ContinueWith(static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
                    yield break;
                }

                var (type, length) = await receiving.ConfigureAwait(false);
                if (type == WebSocketMessageType.Close)
                    yield break;
                if (type == WebSocketMessageType.Text)
                {
                    if (IsEnd(buffer.AsMemory(0, length)))
                        yield break;
                    throw Refusal.BadRequest("message-unknown", """The text is not {"type":"end"}.""").Exception();
                }

                if (length > 0)
                    yield return PcmCodec.Decode(buffer.AsSpan(0, length), format, isFloat);
            }
        }

        public Task SendTextAsync(string text, CancellationToken cancellationToken) =>
            SendAsync(System.Text.Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, cancellationToken);

        public async Task SendAsync(ReadOnlyMemory<byte> message, WebSocketMessageType type, CancellationToken cancellationToken)
        {
            // Who sends and never reads would keep a place at the engine for ever.
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(Sending);
            await socket.SendAsync(message, type, endOfMessage: true, patience.Token).ConfigureAwait(false);
        }

        public async Task FinishAsync(CancellationToken cancellationToken)
        {
            if (socket.State == WebSocketState.Open)
                await SendTextAsync("""{"type":"done"}""", cancellationToken).ConfigureAwait(false);
            await CloseAsync(WebSocketCloseStatus.NormalClosure, null).ConfigureAwait(false);
        }

        public async Task CloseAsync(WebSocketCloseStatus status, string? reason)
        {
            using var patience = new CancellationTokenSource(Parting);
            try
            {
                // While a receive is still under way only the sending side can be closed.
                if (IsCut)
                    await socket.CloseOutputAsync(status, reason, patience.Token).ConfigureAwait(false);
                else if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                    await socket.CloseAsync(status, reason, patience.Token).ConfigureAwait(false);
            }
            catch (Exception error) when (error is WebSocketException or OperationCanceledException or InvalidOperationException)
            {
                socket.Abort();
            }
        }

        async Task<(WebSocketMessageType Type, int Length)> ReceiveAsync(byte[] buffer, CancellationToken cancellationToken)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(idle);
            var length = 0;
            while (true)
            {
                if (length == buffer.Length)
                    throw Refusal.TooLarge($"A message has at most {LargestMessage - 1} bytes.").Exception();
                var part = await socket.ReceiveAsync(buffer.AsMemory(length), patience.Token).ConfigureAwait(false);
                length += part.Count;
                if (part.EndOfMessage)
                    return (part.MessageType, length);
            }
        }

        static bool IsEnd(ReadOnlyMemory<byte> text)
        {
            try
            {
                using var json = JsonDocument.Parse(text);
                return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("type", out var type) && type.ValueEquals("end"u8);
            }
            catch (Exception error) when (error is JsonException or InvalidOperationException)
            {
                return false;
            }
        }
    }
}
