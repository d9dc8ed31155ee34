using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using MultiModal.Jimeng.Baidu.Speech;
using MultiModal.Jimeng.Http;

namespace MultiModal.Jimeng.Baidu;

/// <content>Streaming synthesis, and what the sessions over WebSocket share.</content>
public partial class BaiduAIClient
{
    const int MaxStreamedCharacters = 1000;

    /// <inheritdoc/>
    public virtual async IAsyncEnumerable<ReadOnlyMemory<byte>> SynthesizeStreamingAsync(
        IAsyncEnumerable<string> text,
        StreamingSpeechOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        options ??= new();
        var call = SocketCall(BaiduOperations.SynthesizeStreaming);
        await using var socket = await OpenSocketAsync(
            call,
            token => AuthorizedSocketAsync("ws/2.0/speech/publiccloudspeech/v1/tts", $"per={options.Voice}", token),
            cancellationToken).ConfigureAwait(false);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var idle = new IdleTimer(transport.Time, options.IdleTimeout, stop.Token);
        var start = new JsonObject
        {
            ["type"] = "system.start",
            ["payload"] = new JsonObject
            {
                ["spd"] = options.Speed,
                ["pit"] = options.Pitch,
                ["vol"] = options.Volume,
                ["audio_ctrl"] = $$"""{"sampling_rate":{{options.SampleRate}}}""",
                ["aue"] = (int)options.Format,
            },
        };
        await SendJsonAsync(socket, start, cancellationToken).ConfigureAwait(false);
        Task? pump = null;
        var finished = false;
        try
        {
            while (!finished && await ReceiveAsync(socket, idle, pump, cancellationToken).ConfigureAwait(false) is { } message)
            {
                if (message.Type == WebSocketMessageType.Binary)
                {
                    yield return message.Bytes;
                    continue;
                }

                var frame = CloudTransport.Read(call, message.Bytes, BaiduJson.Relaxed.StreamingSpeechFrame);
                if (frame.Type == "system.error" || frame.Code is not (null or "0"))
                    throw StreamError(call, frame);
                if (frame.Type == "system.started")
                    pump ??= PumpTextAsync(socket, text, stop, idle);
                finished = frame.Type == "system.finished";
            }

            if (!finished)
                throw new CloudFault(CloudErrorKind.Network, Recovery.Unclear, "The service closed the session before all was spoken.").ToException(call);
        }
        finally
        {
            if (finished && pump is not null)
                await pump.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            else
                await LeaveAsync(socket, pump, stop, null).ConfigureAwait(false);
        }
    }

    static async Task PumpTextAsync(CloudSocket socket, IAsyncEnumerable<string> text, CancellationTokenSource stop, IdleTimer idle)
    {
        try
        {
            await foreach (var piece in text.WithCancellation(stop.Token).ConfigureAwait(false))
            {
                for (var start = 0; start < piece.Length;)
                {
                    var length = Math.Min(MaxStreamedCharacters, piece.Length - start);
                    if (char.IsHighSurrogate(piece[start + length - 1]) && start + length < piece.Length)
                        length--;
                    idle.Restart();
                    await SendJsonAsync(socket, new JsonObject { ["type"] = "text", ["payload"] = new JsonObject { ["text"] = piece.Substring(start, length) } }, stop.Token).ConfigureAwait(false);
                    start += length;
                }
            }

            await SendJsonAsync(socket, new JsonObject { ["type"] = "system.finish" }, stop.Token).ConfigureAwait(false);
        }
        catch (WebSocketException)
        {
            throw;
        }
        catch
        {
            await stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    static CloudApiException StreamError(CloudCall call, StreamingSpeechFrame frame)
    {
        var row = frame.Code is null ? null : frame.Code == "276001" ? new BaiduErrorRow(CloudErrorKind.RateLimited, Recovery.BackOff, "Too many sessions.") : BaiduErrorTable.Synthesis(frame.Code) ?? BaiduErrorTable.Aip(frame.Code);
        var known = row ?? new BaiduErrorRow(CloudErrorKind.Unknown, Recovery.None, "The synthesis reports an error.");
        return new CloudFault(known.Kind, known.Recovery, known.Meaning) { Advice = known.Advice, Code = frame.Code, VendorMessage = frame.Message, RequestId = frame.Headers?.SessionId }.ToException(call);
    }

    static CloudCall SocketCall(string operation) => new() { Vendor = Vendor, Operation = operation, Safety = CallSafety.Paid, ReadFault = static (_, _) => null };

    Task<CloudSocket> OpenSocketAsync(CloudCall call, Func<CancellationToken, Task<(Uri Address, string? Bearer, string? Token)>> address, CancellationToken cancellationToken)
    {
        string? used = null;
        return CloudSocket.OpenAsync(
            transport,
            call,
            async (socket, token) =>
            {
                try
                {
                    var (uri, bearer, accessToken) = await address(token).ConfigureAwait(false);
                    used = accessToken;
                    if (bearer is not null)
                        socket.SetRequestHeader("Authorization", $"Bearer {bearer}");
                    return uri;
                }
                catch (CloudApiException exception)
                {
                    throw new CloudFaultException(HttpFaults.FromException(exception));
                }
            },
            () => used is not null && options.EffectiveAuthentication == BaiduAuthentication.OAuth && tokens.Renew(used, certain: true),
            cancellationToken);
    }

    async Task<(Uri Address, string? Bearer, string? Token)> AuthorizedSocketAsync(string path, string query, CancellationToken cancellationToken)
    {
        var address = SecureUri.WebSocket(new Uri(options.AipEndpoint, $"{path}?{query}"));
        switch (options.EffectiveAuthentication)
        {
            case BaiduAuthentication.ApiKey:
                return (address, options.ApiKey, null);
            case BaiduAuthentication.Iam:
                throw Refuse("baidu.speech", "The speech hosts do not accept IAM signatures.", "Use OAuth or a bearer key.");
            default:
                var token = options.EffectiveAuthentication == BaiduAuthentication.AccessToken ? options.AccessToken! : await tokens.GetAsync(cancellationToken).ConfigureAwait(false);
                return (new Uri($"{address.AbsoluteUri}&access_token={Uri.EscapeDataString(token)}"), null, token);
        }
    }

    static Task SendJsonAsync(CloudSocket socket, JsonObject message, CancellationToken cancellationToken) =>
        socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(message.ToJsonString(BaiduJson.Relaxed.Options)), WebSocketMessageType.Text, cancellationToken);

    /// <summary>Waits for a message; where the sending side failed because of its source, that error is the one that counts.</summary>
    static async Task<(WebSocketMessageType Type, ReadOnlyMemory<byte> Bytes)?> ReceiveAsync(CloudSocket socket, IdleTimer idle, Task? pump, CancellationToken cancellationToken)
    {
        try
        {
            return await socket.ReceiveAsync(idle, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && pump is not null)
        {
            await pump.ConfigureAwait(false);
            throw;
        }
    }

    static async Task LeaveAsync(CloudSocket socket, Task? pump, CancellationTokenSource stop, byte[]? farewell)
    {
        await stop.CancelAsync().ConfigureAwait(false);
        if (pump is not null)
            await pump.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (farewell is null)
            return;
        try
        {
            using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            await socket.SendAsync(farewell, WebSocketMessageType.Text, soon.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or InvalidOperationException or IOException)
        {
            // There is nobody left to say it to.
        }
    }
}
