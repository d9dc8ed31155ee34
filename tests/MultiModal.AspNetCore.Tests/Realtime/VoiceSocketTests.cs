using System.Buffers.Text;
using System.Net.WebSockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using MultiModal.AspNetCore.Tests.Support;

namespace MultiModal.AspNetCore.Tests.Realtime;

public sealed class VoiceSocketTests
{
    [Fact]
    public async Task Sound_goes_in_and_as_much_comes_out_while_it_is_spoken()
    {
        await using var host = await TestHost.StartAsync();
        using var socket = await OpenAsync(host, "?voice=bass&encoding=float32&sampleRate=16000");
        Assert.Equal("multimodal.voice.v1", socket.SubProtocol);
        Assert.Equal(16000, (await TextAsync(socket)).GetProperty("sampleRate").GetInt32());
        var samples = Tones.Samples(1000);
        await SendAsync(socket, samples[..400]);
        await SendAsync(socket, samples[400..600]);
        var got = Floats(await ReceiveAsync(socket));
        Assert.Equal(400, got.Length);
        await SendAsync(socket, samples[600..]);
        await socket.SendAsync("""{"type":"end"}"""u8.ToArray(), WebSocketMessageType.Text, true, default);
        got = [.. got, .. Floats(await ReceiveAsync(socket)), .. Floats(await ReceiveAsync(socket))];
        Assert.Equal(samples.Select(static s => -s), got);
        Assert.Equal("done", (await TextAsync(socket)).GetProperty("type").GetString());
        await ReceiveAsync(socket);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, default);
        await Eventually.TrueAsync(() => host.Services.IsIdle());
    }

    [Fact]
    public async Task A_credential_is_needed_and_may_travel_as_a_header_or_a_subprotocol()
    {
        using var tokens = new Tokens();
        await using var host = await TestHost.StartAsync(tokens.Configure);
        await Assert.ThrowsAsync<WebSocketException>(() => OpenAsync(host, "", static _ => { }));
        await Assert.ThrowsAsync<WebSocketException>(() => OpenAsync(host, "", static socket => socket.Options.AddSubProtocol(Credential("key wrong"))));
        await Assert.ThrowsAsync<WebSocketException>(() => OpenAsync(host, "", static socket => socket.Options.AddSubProtocol("multimodal.credential.e")));
        using var key = await OpenAsync(host, "", static socket => socket.Options.AddSubProtocol(Credential($"key {TestHost.ApiKey.Key}")));
        Assert.Equal("multimodal.voice.v1", key.SubProtocol);
        using var token = await OpenAsync(host, "", socket => socket.Options.AddSubProtocol(Credential($"bearer {tokens.Make()}")));
        using var header = await OpenAsync(host, "", socket => socket.Options.SetRequestHeader("Authorization", $"Bearer {tokens.Make()}"));
    }

    [Fact]
    public async Task A_page_of_another_origin_gets_no_socket()
    {
        await using var host = await TestHost.StartAsync(options => options.Access.AllowAnonymous = true);
        await Assert.ThrowsAsync<WebSocketException>(() => OpenAsync(host, "", static socket => socket.Options.SetRequestHeader("Origin", "https://evil.example")));
    }

    [Theory]
    [InlineData("?sampleRate=0")]
    [InlineData("?sampleRate=x")]
    [InlineData("?voice=soprano")]
    [InlineData("?model=other")]
    [InlineData("?encoding=mp3")]
    public async Task Settings_that_make_no_sense_are_refused_before_the_socket_opens(string query)
    {
        await using var host = await TestHost.StartAsync();
        await Assert.ThrowsAsync<WebSocketException>(() => OpenAsync(host, query));
    }

    [Fact]
    public async Task Only_so_many_are_open_at_once_and_a_place_comes_back_when_a_client_vanishes()
    {
        await using var host = await TestHost.StartAsync(options => options.Limits.VoiceStreams = new() { Concurrency = 1, Length = 0 });
        var socket = await OpenAsync(host, "");
        await Assert.ThrowsAsync<WebSocketException>(() => OpenAsync(host, ""));
        socket.Abort();
        socket.Dispose();
        await Eventually.TrueAsync(() => host.Services.IsIdle());
        using var another = await OpenAsync(host, "");
    }

    [Fact]
    public async Task What_is_no_sound_ends_the_stream_with_a_reason()
    {
        await using var host = await TestHost.StartAsync();
        await EndsAsync(host, WebSocketCloseStatus.PolicyViolation, WebSocketMessageType.Binary, [1, 2, 3]);
        await EndsAsync(host, WebSocketCloseStatus.PolicyViolation, WebSocketMessageType.Text, "hello"u8.ToArray());
        await EndsAsync(host, WebSocketCloseStatus.PolicyViolation, WebSocketMessageType.Text, "[]"u8.ToArray());
        await EndsAsync(host, WebSocketCloseStatus.MessageTooBig, WebSocketMessageType.Binary, new byte[300_000]);
        await Eventually.TrueAsync(() => host.Services.IsIdle());
        Assert.Empty(host.Log.Errors);
    }

    [Fact]
    public async Task A_stream_that_falls_silent_on_the_wire_is_closed()
    {
        await using var host = await TestHost.StartAsync(options => options.Limits.StreamIdleTimeout = TimeSpan.FromMilliseconds(200));
        using var socket = await OpenAsync(host, "");
        await Eventually.TrueAsync(() => host.Services.IsIdle());
    }

    [Fact]
    public async Task When_the_host_stops_what_was_said_is_still_converted()
    {
        await using var host = await TestHost.StartAsync();
        using var socket = await OpenAsync(host, "?encoding=float32&voice=bass");
        await TextAsync(socket);
        await SendAsync(socket, Tones.Samples(100));
        await SendAsync(socket, Tones.Samples(100));
        Assert.Equal(100, Floats(await ReceiveAsync(socket)).Length);
        var stopping = host.StopAsync();
        Assert.Equal(100, Floats(await ReceiveAsync(socket)).Length);
        await ReceiveAsync(socket);
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, socket.CloseStatus);
        await stopping.WaitAsync(TimeSpan.FromSeconds(15));
    }

    static async Task EndsAsync(TestHost host, WebSocketCloseStatus status, WebSocketMessageType type, byte[] message)
    {
        using var socket = await OpenAsync(host, "");
        await TextAsync(socket);
        await socket.SendAsync(message, type, true, default);
        await ReceiveAsync(socket);
        Assert.Equal(status, socket.CloseStatus);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, default);
    }

    static string Credential(string text) => "multimodal.credential." + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    static async Task<ClientWebSocket> OpenAsync(TestHost host, string query, Action<ClientWebSocket>? configure = null)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("multimodal.voice.v1");
        (configure ?? (static socket => socket.Options.SetRequestHeader("X-Api-Key", TestHost.ApiKey.Key)))(socket);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await socket.ConnectAsync(new($"ws://127.0.0.1:{host.Address.Port}/v1/voice/stream{query}"), patience.Token);
        return socket;
    }

    static Task SendAsync(ClientWebSocket socket, float[] samples) =>
        socket.SendAsync(MemoryMarshal.AsBytes(samples.AsSpan()).ToArray(), WebSocketMessageType.Binary, true, default);

    static async Task<byte[]> ReceiveAsync(ClientWebSocket socket)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        using var message = new MemoryStream();
        var buffer = new byte[8192];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(), patience.Token);
            message.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
                return message.ToArray();
        }
    }

    static async Task<JsonElement> TextAsync(ClientWebSocket socket) => JsonDocument.Parse(await ReceiveAsync(socket)).RootElement;

    static float[] Floats(byte[] bytes) => MemoryMarshal.Cast<byte, float>(bytes).ToArray();
}
