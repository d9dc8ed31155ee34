using System.Globalization;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using MultiModal.Jimeng.Baidu.Speech;
using MultiModal.Jimeng.Http;

namespace MultiModal.Jimeng.Baidu;

/// <content>Realtime recognition.</content>
public partial class BaiduAIClient
{
    /// <inheritdoc/>
    public virtual async IAsyncEnumerable<RealtimeTranscript> RecognizeRealtimeAsync(
        IAsyncEnumerable<ReadOnlyMemory<byte>> sound,
        RealtimeRecognitionOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sound);
        options ??= new();
        var call = SocketCall(BaiduOperations.RecognizeRealtime);
        var start = StartFrame(options);
        await using var socket = await OpenSocketAsync(call, options.LargeModel ? LargeModelAddress : ClassicAddress, cancellationToken).ConfigureAwait(false);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var idle = new IdleTimer(transport.Time, options.IdleTimeout, stop.Token);
        await SendJsonAsync(socket, start, cancellationToken).ConfigureAwait(false);
        var pump = PumpSoundAsync(socket, sound, options, stop);
        var ended = false;
        try
        {
            while (await ReceiveAsync(socket, idle, pump, cancellationToken).ConfigureAwait(false) is { } message)
            {
                if (message.Type == WebSocketMessageType.Text && Transcript(call, message.Bytes) is { } transcript)
                    yield return transcript;
            }

            ended = true;
            if (!pump.IsCompletedSuccessfully)
            {
                await stop.CancelAsync().ConfigureAwait(false);
                throw new CloudFault(CloudErrorKind.Network, Recovery.Unclear, "The service closed the session before the sound had ended.").ToException(call);
            }
        }
        finally
        {
            if (!ended)
                await LeaveAsync(socket, pump, stop, """{"type":"CANCEL"}"""u8.ToArray()).ConfigureAwait(false);
            else
                await pump.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    JsonObject StartFrame(RealtimeRecognitionOptions options)
    {
        if (options.LargeModel)
            return new() { ["type"] = "START", ["data"] = new JsonObject { ["model"] = "qianfan-asr-v1", ["format"] = "pcm", ["sample"] = options.SampleRate } };
        if (!long.TryParse(this.options.AppId, NumberStyles.None, CultureInfo.InvariantCulture, out var appId) || this.options.ApiKey is null)
            throw Refuse(BaiduOperations.RecognizeRealtime, "Realtime recognition needs the application's numeric AppId and its API Key.", "Set BaiduAIOptions.AppId, or use LargeModel.");
        return new()
        {
            ["type"] = "START",
            ["data"] = new JsonObject
            {
                ["appid"] = appId,
                ["appkey"] = this.options.ApiKey,
                ["dev_pid"] = options.Model,
                ["cuid"] = Cuid(options.Cuid, BaiduOperations.RecognizeRealtime),
                ["format"] = "pcm",
                ["sample"] = options.SampleRate,
            },
        };
    }

    Task<(Uri Address, string? Bearer, string? Token)> ClassicAddress(CancellationToken cancellationToken) =>
        Task.FromResult<(Uri, string?, string?)>((SecureUri.WebSocket(new Uri(options.SpeechEndpoint, $"realtime_asr?sn={Guid.NewGuid():D}")), null, null));

    Task<(Uri Address, string? Bearer, string? Token)> LargeModelAddress(CancellationToken cancellationToken) =>
        AuthorizedSocketAsync("ws/2.0/speech/publiccloudspeech/v1/asr", $"sn={Guid.NewGuid():D}", cancellationToken);

    // Frames go out at the times their sound would have been heard; after a pause of the source they may catch up.
    async Task PumpSoundAsync(CloudSocket socket, IAsyncEnumerable<ReadOnlyMemory<byte>> sound, RealtimeRecognitionOptions options, CancellationTokenSource stop)
    {
        try
        {
            var frame = new byte[Math.Max(2, (int)(options.SampleRate * options.Frame.TotalSeconds) * 2)];
            var (filled, sent) = (0, 0);
            var started = transport.Time.GetTimestamp();
            await foreach (var piece in sound.WithCancellation(stop.Token).ConfigureAwait(false))
            {
                for (var rest = piece; !rest.IsEmpty;)
                {
                    var count = Math.Min(rest.Length, frame.Length - filled);
                    rest.Span[..count].CopyTo(frame.AsSpan(filled));
                    rest = rest[count..];
                    filled += count;
                    if (filled < frame.Length)
                        continue;
                    await SendFrameAsync(frame).ConfigureAwait(false);
                }
            }

            if (filled > 0)
                await SendFrameAsync(frame.AsMemory(0, filled)).ConfigureAwait(false);
            await SendJsonAsync(socket, new JsonObject { ["type"] = "FINISH" }, stop.Token).ConfigureAwait(false);

            async Task SendFrameAsync(ReadOnlyMemory<byte> bytes)
            {
                var wait = (options.Frame * sent++) - transport.Time.GetElapsedTime(started);
                if (options.Pace && wait > TimeSpan.Zero)
                    await Task.Delay(wait, transport.Time, stop.Token).ConfigureAwait(false);
                await socket.SendAsync(bytes, WebSocketMessageType.Binary, stop.Token).ConfigureAwait(false);
                filled = 0;
            }
        }
        catch (WebSocketException)
        {
            // The receiving side learns of it too, and with more words.
            throw;
        }
        catch
        {
            // The source failed: the reader must not wait for an answer that will not come.
            await stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    static RealtimeTranscript? Transcript(CloudCall call, ReadOnlyMemory<byte> message)
    {
        var frame = CloudTransport.Read(call, message, BaiduJson.Relaxed.RealtimeFrame);
        if (frame.Type == "HEARTBEAT")
            return null;
        if (frame.ErrNo != 0)
        {
            var code = frame.ErrNo.ToString(CultureInfo.InvariantCulture);
            var (row, sentenceOnly) = BaiduErrorTable.Realtime(code);
            var error = new CloudFault(row.Kind, Recovery.None, row.Meaning) { Advice = row.Advice, Retryable = row.Retryable, Code = code, VendorMessage = frame.ErrMsg, RequestId = frame.LogId ?? frame.Sn }.ToException(call);
            return sentenceOnly ? Of(RealtimeTranscriptKind.Failed, error) : throw error;
        }

        return frame.Type switch
        {
            "MID_TEXT" => Of(RealtimeTranscriptKind.Partial, null),
            "FIN_TEXT" => Of(RealtimeTranscriptKind.Final, null),
            // A kind of message that did not exist when this was written is no reason to stop.
            _ => null,
        };

        RealtimeTranscript Of(RealtimeTranscriptKind kind, CloudApiException? error) => new()
        {
            Kind = kind,
            Text = frame.Result ?? "",
            Start = frame.StartTime is { } start ? TimeSpan.FromMilliseconds(start) : null,
            End = frame.EndTime is { } end ? TimeSpan.FromMilliseconds(end) : null,
            Error = error,
            Sn = frame.Sn,
            LogId = frame.LogId,
            Extra = frame.Extra,
        };
    }
}
