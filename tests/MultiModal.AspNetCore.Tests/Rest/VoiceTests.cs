using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using MultiModal.Audio;
using MultiModal.AspNetCore.Tests.Support;

namespace MultiModal.AspNetCore.Tests.Rest;

public sealed class VoiceTests
{
    [Fact]
    public async Task A_recording_goes_in_and_comes_back_in_another_voice()
    {
        await using var host = await TestHost.StartAsync();
        using var answer = await host.Client.PostAsync("v1/voice/conversions?voice=bass&encoding=float32", Tones.WavContent());
        Assert.Equal("audio/wav", answer.Content.Headers.ContentType!.MediaType);
        var clip = Tones.Read(await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal((48000, 1, 4800), (clip.SampleRate, clip.Channels, clip.FrameCount));
        Assert.Equal(Tones.Samples(4800).Select(static s => -s), clip.Channel(0).ToArray());
    }

    [Fact]
    public async Task A_form_does_as_well_and_the_body_need_not_say_its_length()
    {
        await using var host = await TestHost.StartAsync();
        using var form = new MultipartFormDataContent { { Tones.WavContent(), "audio", "../../etc/passwd" } };
        using (var answer = await host.Client.PostAsync("v1/voice/conversions", form))
            Assert.Equal(4800, Tones.Read(await answer.Content.ReadAsByteArrayAsync()).FrameCount);

        using var chunked = new HttpRequestMessage(HttpMethod.Post, "v1/voice/conversions") { Content = Tones.WavContent() };
        chunked.Headers.TransferEncodingChunked = true;
        using (var answer = await host.Client.SendAsync(chunked))
            Assert.Equal(4800, Tones.Read(await answer.Content.ReadAsByteArrayAsync()).FrameCount);
    }

    [Theory]
    [InlineData(WavEncoding.Pcm8)]
    [InlineData(WavEncoding.Pcm24)]
    [InlineData(WavEncoding.Pcm32)]
    [InlineData(WavEncoding.Float32)]
    [InlineData(WavEncoding.Float64)]
    public async Task Every_encoding_of_WAV_is_read(WavEncoding encoding)
    {
        await using var host = await TestHost.StartAsync();
        using var answer = await host.Client.PostAsync("v1/voice/conversions", Tones.WavContent(Tones.Wav(encoding: encoding)));
        Assert.Equal(4800, Tones.Read(await answer.Content.ReadAsByteArrayAsync()).FrameCount);
    }

    [Fact]
    public async Task Voices_and_models_are_listed()
    {
        await using var host = await TestHost.StartAsync();
        Assert.Equal(["alto", "bass"], (await host.Client.GetAsync("v1/voices").IsJsonAsync()).GetProperty("voices").EnumerateArray().Select(static v => v.GetString()));
        var models = await host.Client.GetAsync("v1/models").IsJsonAsync();
        Assert.True(models.GetProperty("voiceStreams").GetProperty("available").GetBoolean());
    }

    [Theory]
    [InlineData("v1/voice/conversions?voice=soprano", 404, "voice-unknown")]
    [InlineData("v1/voice/conversions?model=other", 404, "model-unknown")]
    [InlineData("v1/voice/conversions?transpose=100", 400, "transpose-range")]
    [InlineData("v1/voice/conversions?transpose=NaN", 400, "value-damaged")]
    [InlineData("v1/voice/conversions?transpose=1&transpose=2", 400, "value-damaged")]
    [InlineData("v1/voice/conversions?seed=-1", 400, "value-damaged")]
    [InlineData("v1/voice/conversions?encoding=mp3", 400, "value-damaged")]
    public async Task Settings_out_of_range_are_refused(string path, int status, string code)
    {
        await using var host = await TestHost.StartAsync();
        await host.Client.PostAsync(path, Tones.WavContent()).IsProblemAsync(status, code);
    }

    [Fact]
    public async Task What_is_no_recording_is_refused()
    {
        await using var host = await TestHost.StartAsync(options => options.Limits.MaximumAudioDuration = TimeSpan.FromSeconds(1));
        await Post([]).IsProblemAsync(400, "audio-damaged");
        await Post(Encoding.UTF8.GetBytes("RIFF")).IsProblemAsync(400, "audio-damaged");
        await Post(Tones.Wav()[..^100]).IsProblemAsync(400, "audio-damaged");
        await Post(Tones.Wav(0)).IsProblemAsync(400, "audio-empty");
        await Post(Tones.Wav(48001)).IsProblemAsync(413, "too-large");
        await Post(Tones.Wav(100, 4000)).IsProblemAsync(400, "audio-rate");
        await Post(Tones.Wav(100, 400_000)).IsProblemAsync(400, "audio-rate");
        using var empty = new MultipartFormDataContent { { new StringContent("x"), "prompt" } };
        await host.Client.PostAsync("v1/voice/conversions", empty).IsProblemAsync(400, "part-missing");
        using var broken = new StringContent("--x\r\nContent-Disposition: form-data; name=audio; filename=a\r\n\r\nRIFF");
        broken.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=x");
        await host.Client.PostAsync("v1/voice/conversions", broken).IsProblemAsync(400, "form-damaged");

        Task<HttpResponseMessage> Post(byte[] bytes) => host.Client.PostAsync("v1/voice/conversions", Tones.WavContent(bytes));
    }

    [Fact]
    public async Task Uploads_are_bounded_in_size_each_and_together()
    {
        await using var host = await TestHost.StartAsync(options =>
        {
            options.Limits.MaximumUploadBytes = 10_000;
            options.Limits.MaximumUploadBytesInFlight = 10_000;
        });
        await host.Client.PostAsync("v1/voice/conversions", Tones.WavContent(Tones.Wav(6000))).IsProblemAsync(413, "too-large");
        using var chunked = new HttpRequestMessage(HttpMethod.Post, "v1/voice/conversions") { Content = Tones.WavContent(Tones.Wav(6000)) };
        chunked.Headers.TransferEncodingChunked = true;
        await host.Client.SendAsync(chunked).IsProblemAsync(413, "too-large");

        // Of unknown length: the largest is reserved, and nothing is left for a second one.
        var slow = new PushContent();
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/voice/conversions") { Content = slow };
        var first = host.Client.SendAsync(request);
        await slow.SendRawAsync(Tones.Wav(100)[..50]);
        using var another = host.NewClient(TestHost.ApiKey.Key);
        HttpStatusCode? second = null;
        for (var i = 0; i < 200 && second != HttpStatusCode.TooManyRequests; i++)
        {
            using var answer = await another.PostAsync("v1/voice/conversions", Tones.WavContent(Tones.Wav(100)));
            second = answer.StatusCode;
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, second);
        await slow.SendRawAsync(Tones.Wav(100)[50..]);
        slow.Finish();
        (await first).EnsureSuccessStatusCode().Dispose();
        (await host.Client.PostAsync("v1/voice/conversions", Tones.WavContent(Tones.Wav(100)))).EnsureSuccessStatusCode().Dispose();
    }

    [Fact]
    public async Task An_upload_that_does_not_end_is_given_up()
    {
        await using var host = await TestHost.StartAsync(options => options.Limits.UploadTimeout = TimeSpan.FromMilliseconds(300));
        // A client of good manners would wait until all is sent: bytes do not.
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", host.Address.Port);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST /v1/voice/conversions HTTP/1.1\r\nHost: h\r\nX-Api-Key: {TestHost.ApiKey.Key}\r\nContent-Length: 1000\r\n\r\nRIFF"));
        using var reader = new StreamReader(stream);
        Assert.Equal("HTTP/1.1 408 Request Timeout", await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Contains("too-slow", await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(20)), StringComparison.Ordinal);
    }
}
