using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using MultiModal.CloudSimulator.Media;

namespace MultiModal.CloudSimulator.Baidu;

/// <summary>Realtime recognition and streaming synthesis over WebSocket.</summary>
internal static class BaiduSockets
{
    public static void Map(WebApplication application, Simulator simulator)
    {
        application.Map("/realtime_asr", context => RecognizeAsync(context, simulator, classic: true));
        application.Map("/ws/2.0/speech/publiccloudspeech/v1/asr", context => RecognizeAsync(context, simulator, classic: false));
        application.Map("/ws/2.0/speech/publiccloudspeech/v1/tts", context => SpeakAsync(context, simulator));
    }

    static async Task RecognizeAsync(HttpContext context, Simulator simulator, bool classic)
    {
        if (!context.WebSockets.IsWebSocketRequest || context.Request.Query["sn"].ToString() is not { Length: > 0 and <= 128 })
        {
            context.Response.StatusCode = 400;
            return;
        }

        if (!classic && await RefusedAsync(context, simulator))
            return;
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var sound = new MemoryStream();
        var started = false;
        while (await ReceiveAsync(socket, context.RequestAborted) is { } message)
        {
            if (message.Type == WebSocketMessageType.Binary)
            {
                if (!started)
                {
                    await ErrorAsync(socket, -3008, "START is missing");
                    break;
                }

                sound.Write(message.Bytes);
                if (sound.Length % (5120 * 4) < message.Bytes.Length)
                    await SendAsync(socket, new() { ["type"] = "HEARTBEAT" });
                if (message.Bytes.Length == 5120)
                    await SendAsync(socket, new() { ["err_no"] = 0, ["err_msg"] = "OK", ["type"] = "MID_TEXT", ["result"] = "北京", ["log_id"] = 45677785, ["sn"] = "s" });
                continue;
            }

            var frame = JsonNode.Parse(message.Bytes)!;
            var type = frame["type"]?.GetValue<string>();
            if (type == "START")
            {
                if (Problem(frame["data"], simulator, classic) is { } problem)
                {
                    await ErrorAsync(socket, problem, "start refused");
                    break;
                }

                started = true;
            }
            else if (type == "CANCEL")
            {
                await ErrorAsync(socket, -3014, "cancelled");
                break;
            }
            else if (type == "FINISH")
            {
                var text = SimulatedSpeech.Understand(sound.ToArray());
                simulator.Ledger.Bill($"realtime:{text}");
                if (text.Contains("unclear", StringComparison.Ordinal))
                    await SendAsync(socket, new() { ["err_no"] = -3005, ["err_msg"] = "asr server not find effective speech", ["type"] = "FIN_TEXT", ["result"] = "", ["log_id"] = 45677785, ["sn"] = "s" });
                await SendAsync(socket, new() { ["err_no"] = 0, ["err_msg"] = "OK", ["type"] = "FIN_TEXT", ["result"] = text, ["start_time"] = 0, ["end_time"] = sound.Length / 32, ["log_id"] = 45677785, ["sn"] = "s", ["product_id"] = 15372 });
                break;
            }
        }

        await CloseAsync(socket);
    }

    static int? Problem(JsonNode? data, Simulator simulator, bool classic)
    {
        if (data?["format"]?.GetValue<string>() != "pcm" || data["sample"]?.GetValue<int>() is not (8000 or 16000))
            return -3008;
        if (!classic)
            return data["model"]?.GetValue<string>() == "qianfan-asr-v1" ? null : -3008;
        if (data["appid"] is not JsonValue appId || appId.GetValueKind() != System.Text.Json.JsonValueKind.Number || data["dev_pid"] is null || data["cuid"] is null)
            return -3008;
        return $"{appId}" == simulator.Options.BaiduAppId && data["appkey"]?.GetValue<string>() == simulator.Options.BaiduApiKey ? null : -3004;
    }

    static async Task SpeakAsync(HttpContext context, Simulator simulator)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = 400;
            return;
        }

        if (await RefusedAsync(context, simulator))
            return;
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var started = false;
        var rate = 16000;
        while (await ReceiveAsync(socket, context.RequestAborted) is { } message)
        {
            var frame = JsonNode.Parse(message.Bytes)!;
            var type = frame["type"]?.GetValue<string>();
            if (type == "system.start")
            {
                // audio_ctrl is JSON in a text.
                rate = JsonNode.Parse(frame["payload"]!["audio_ctrl"]!.GetValue<string>())!["sampling_rate"]!.GetValue<int>();
                started = true;
                await SendAsync(socket, new() { ["type"] = "system.started", ["code"] = 0, ["message"] = "success", ["headers"] = new JsonObject { ["session_id"] = "session-1" } });
            }
            else if (type == "text" && started && frame["payload"]?["text"]?.GetValue<string>() is { Length: <= 1000 } text)
            {
                simulator.Ledger.Bill($"stream:{text}");
                if (text.Contains("failure", StringComparison.Ordinal))
                {
                    await SendAsync(socket, new() { ["type"] = "system.error", ["code"] = 216100, ["message"] = "invalid param" });
                    break;
                }

                // In two fragments and two messages, as networks have it.
                var pcm = SimulatedSpeech.Pcm(text, rate);
                await socket.SendAsync(pcm.AsMemory(0, 10), WebSocketMessageType.Binary, false, context.RequestAborted);
                await socket.SendAsync(pcm.AsMemory(10, pcm.Length / 2), WebSocketMessageType.Binary, true, context.RequestAborted);
                await socket.SendAsync(pcm.AsMemory(10 + (pcm.Length / 2)), WebSocketMessageType.Binary, true, context.RequestAborted);
            }
            else if (type == "system.finish")
            {
                await SendAsync(socket, new() { ["type"] = "system.finished", ["code"] = 0, ["message"] = "success" });
                break;
            }
            else
            {
                await SendAsync(socket, new() { ["type"] = "system.error", ["code"] = 216100, ["message"] = "unexpected frame" });
                break;
            }
        }

        await CloseAsync(socket);
    }

    static async Task<bool> RefusedAsync(HttpContext context, Simulator simulator)
    {
        if (BaiduAccess.Check(context, simulator, context.Request.Query["access_token"].ToString() is { Length: > 0 } token ? token : null) == 0)
            return false;
        await Answers.JsonAsync(context, new() { ["code"] = 216401, ["message"] = "unauthorized" }, 401);
        return true;
    }

    static async Task<(WebSocketMessageType Type, byte[] Bytes)?> ReceiveAsync(WebSocket socket, CancellationToken cancellationToken)
    {
        using var message = new MemoryStream();
        var buffer = new byte[16384];
        try
        {
            while (true)
            {
                var part = await socket.ReceiveAsync(buffer, cancellationToken);
                if (part.MessageType == WebSocketMessageType.Close)
                    return null;
                message.Write(buffer, 0, part.Count);
                if (part.EndOfMessage)
                    return (part.MessageType, message.ToArray());
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            return null;
        }
    }

    static Task ErrorAsync(WebSocket socket, int code, string message) => SendAsync(socket, new() { ["err_no"] = code, ["err_msg"] = message, ["type"] = "FIN_TEXT", ["log_id"] = 45677785, ["sn"] = "s" });

    static Task SendAsync(WebSocket socket, JsonObject message) => socket.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, true, CancellationToken.None);

    static async Task CloseAsync(WebSocket socket)
    {
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        }
        catch (WebSocketException)
        {
            // The client is gone.
        }
    }
}
