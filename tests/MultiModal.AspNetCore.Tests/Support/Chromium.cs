using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MultiModal.Testing;

namespace MultiModal.AspNetCore.Tests.Support;

/// <summary>A headless browser, driven by its own protocol. Its microphone is a tone of the browser's making.</summary>
sealed class Chromium : IAsyncDisposable
{
    readonly Process process;
    readonly TemporaryFolder profile;
    readonly ClientWebSocket socket = new();
    readonly Dictionary<int, TaskCompletionSource<JsonNode>> calls = [];
    readonly Lock gate = new();
    readonly List<string> complaints = [];
    int number;

    Chromium(Process process, TemporaryFolder profile) => (this.process, this.profile) = (process, profile);

    /// <summary>Errors of scripts, of the policy and of the network, as the console has them.</summary>
    public IReadOnlyList<string> Complaints
    {
        get
        {
            lock (gate)
                return [.. complaints];
        }
    }

    public static async Task<Chromium> OpenAsync(Uri page, int width, int height, bool dark = false)
    {
        var profile = new TemporaryFolder();
        var start = new ProcessStartInfo(
            ChromiumFactAttribute.Program!,
            [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions", "--disable-background-networking",
                "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "--autoplay-policy=no-user-gesture-required", "--remote-debugging-port=0",
                "--disable-features=LocalNetworkAccessChecks", $"--user-data-dir={profile.Path}", $"--window-size={width},{height}", .. dark ? ["--force-dark-mode"] : Array.Empty<string>(), "about:blank",
            ])
        { RedirectStandardError = true, RedirectStandardOutput = true };
        var chromium = new Chromium(Process.Start(start)!, profile);
        try
        {
            await chromium.ConnectAsync(page, width, height, dark).WaitAsync(TimeSpan.FromSeconds(60));
            return chromium;
        }
        catch
        {
            await chromium.DisposeAsync();
            throw;
        }
    }

    /// <summary>The value of an expression, awaited where it is a promise.</summary>
    public async Task<JsonNode?> EvaluateAsync(string script)
    {
        var result = await CallAsync("Runtime.evaluate", new() { ["expression"] = script, ["awaitPromise"] = true, ["returnByValue"] = true, ["userGesture"] = true });
        Assert.True(result["exceptionDetails"] is null, result.ToJsonString());
        return result["result"]!["value"];
    }

    /// <summary>Waits until an expression is true.</summary>
    public async Task UntilAsync(string script)
    {
        for (var i = 0; i < 600; i++)
        {
            if ((bool?)await EvaluateAsync($"Boolean({script})") == true)
                return;
            await Task.Delay(50);
        }

        Assert.Fail($"It never became true: {script}\n{string.Join('\n', Complaints)}");
    }

    public async Task ChooseFileAsync(string selector, string path)
    {
        var document = await CallAsync("DOM.getDocument", new());
        var node = await CallAsync("DOM.querySelector", new() { ["nodeId"] = (int)document["root"]!["nodeId"]!, ["selector"] = selector });
        await CallAsync("DOM.setFileInputFiles", new() { ["nodeId"] = (int)node["nodeId"]!, ["files"] = new JsonArray(path) });
    }

    public async Task<byte[]> ScreenshotAsync() =>
        Convert.FromBase64String((string)(await CallAsync("Page.captureScreenshot", new() { ["format"] = "png", ["captureBeyondViewport"] = true }))["data"]!);

    public async ValueTask DisposeAsync()
    {
        socket.Dispose();
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
        try
        {
            profile.Dispose();
        }
        catch (IOException)
        {
            // A child of the browser may still write its last words.
        }
    }

    async Task ConnectAsync(Uri page, int width, int height, bool dark)
    {
        string? port = null;
        while (port is null && await process.StandardError.ReadLineAsync() is { } line)
            port = Regex.Match(line, @"DevTools listening on ws://127\.0\.0\.1:(\d+)/") is { Success: true } match ? match.Groups[1].Value : null;
        Assert.NotNull(port);
        _ = process.StandardError.ReadToEndAsync();
        _ = process.StandardOutput.ReadToEndAsync();
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        JsonNode? tab = null;
        while (tab is null)
            tab = JsonNode.Parse(await http.GetStringAsync($"http://127.0.0.1:{port}/json/list"))!.AsArray().FirstOrDefault(static each => (string?)each!["type"] == "page");
        await socket.ConnectAsync(new((string)tab["webSocketDebuggerUrl"]!), default);
        _ = ListenAsync();
        foreach (var domain in new[] { "Page", "Runtime", "Log", "DOM" })
            await CallAsync($"{domain}.enable", new());
        await CallAsync("Emulation.setDeviceMetricsOverride", new() { ["width"] = width, ["height"] = height, ["deviceScaleFactor"] = 1, ["mobile"] = false });
        await CallAsync("Emulation.setEmulatedMedia", new() { ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = dark ? "dark" : "light" }) });
        await CallAsync("Page.navigate", new() { ["url"] = page.ToString() });
        await UntilAsync("document.readyState === 'complete' && location.href !== 'about:blank'");
    }

    async Task<JsonNode> CallAsync(string method, JsonObject parameters)
    {
        var id = Interlocked.Increment(ref number);
        var call = new TaskCompletionSource<JsonNode>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
            calls[id] = call;
        var text = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters }.ToJsonString();
        await socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, default);
        return await call.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    async Task ListenAsync()
    {
        var buffer = new byte[1 << 16];
        using var message = new MemoryStream();
        try
        {
            while (socket.State == WebSocketState.Open)
            {
                var part = await socket.ReceiveAsync(buffer.AsMemory(), default);
                message.Write(buffer, 0, part.Count);
                if (!part.EndOfMessage)
                    continue;
                Handle(JsonNode.Parse(message.GetBuffer().AsSpan(0, (int)message.Length))!);
                message.SetLength(0);
            }
        }
        catch (Exception error) when (error is WebSocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The browser has been closed.
        }
    }

    void Handle(JsonNode message)
    {
        lock (gate)
        {
            if ((int?)message["id"] is { } id && calls.Remove(id, out var call))
            {
                if (message["error"] is { } error)
                    call.SetException(new InvalidOperationException(error.ToJsonString()));
                else
                    call.SetResult(message["result"]!);
                return;
            }

            if ((string?)message["method"] is "Runtime.exceptionThrown" || ((string?)message["method"] == "Log.entryAdded" && (string?)message["params"]!["entry"]!["level"] == "error"))
                complaints.Add(message["params"]!.ToJsonString(new JsonSerializerOptions { WriteIndented = false }));
        }
    }
}
