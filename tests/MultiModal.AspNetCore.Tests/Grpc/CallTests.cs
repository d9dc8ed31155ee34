using System.Net;
using Google.Protobuf;
using MultiModal.AspNetCore.Grpc.Messages;
using MultiModal.AspNetCore.Tests.Support;
using MultiModal.Images;

namespace MultiModal.AspNetCore.Tests.Grpc;

public sealed class CallTests
{
    const int InvalidArgument = 3, DeadlineExceeded = 4, NotFound = 5, ResourceExhausted = 8, Unimplemented = 12, Internal = 13, Unauthenticated = 16;

    [Fact]
    public async Task A_recording_is_converted()
    {
        await using var host = await TestHost.StartAsync();
        using var client = new GrpcClient(host.Http2Address, TestHost.ApiKey.Key);
        var answer = await client.CallAsync("Voice/Convert", Request());
        Assert.Equal((HttpStatusCode.OK, 0), (answer.Http, answer.Status));
        var audio = ConvertResponse.Parser.ParseFrom(Assert.Single(answer.Messages)).Audio;
        Assert.Equal((48000, 1, AudioEncoding.Float32), (audio.SampleRate, audio.Channels, audio.Encoding));
        Assert.Equal(Tones.Samples(100).Select(static s => -s), Floats(audio.Data));
    }

    [Fact]
    public async Task Sound_travels_as_integers_and_files_too()
    {
        await using var host = await TestHost.StartAsync();
        using var client = new GrpcClient(host.Http2Address, TestHost.ApiKey.Key);
        var wav = await client.CallAsync("Voice/Convert", new ConvertRequest
        {
            Audio = new() { Data = ByteString.CopyFrom(Tones.Wav(100)), Encoding = AudioEncoding.Wav },
            AnswerEncoding = AudioEncoding.Wav,
        });
        var clip = Tones.Read(ConvertResponse.Parser.ParseFrom(wav.Messages[0]).Audio.Data.ToByteArray());
        Assert.Equal(100, clip.FrameCount);

        var pcm = await client.CallAsync("Voice/Convert", new ConvertRequest { Audio = new() { Data = ByteString.CopyFrom(0, 64, 0, 192), SampleRate = 16000 } });
        var audio = ConvertResponse.Parser.ParseFrom(pcm.Messages[0]).Audio;
        Assert.Equal(AudioEncoding.Pcm16, audio.Encoding);
        Assert.Equal([0, 32, 0, 224], audio.Data.ToByteArray());
    }

    [Fact]
    public async Task Voices_are_listed_and_pictures_drawn_and_edited()
    {
        await using var host = await TestHost.StartAsync();
        using var client = new GrpcClient(host.Http2Address, TestHost.ApiKey.Key);
        var voices = await client.CallAsync("Voice/ListVoices", new ListVoicesRequest());
        Assert.Equal(["alto", "bass"], ListVoicesResponse.Parser.ParseFrom(voices.Messages[0]).Voices);

        var drawn = ImagesResponse.Parser.ParseFrom((await client.CallAsync("Images/Generate", new GenerateRequest { Prompt = "a koi", Seed = 7, Count = 2, Width = 24, Height = 16 })).Messages[0]);
        Assert.Equal([7L, 8L], drawn.Pictures.Select(static picture => picture.Seed));
        var image = PngCodec.Default.Decode(drawn.Pictures[0].Png.Memory);
        Assert.Equal((24, 16, 7), (image.Width, image.Height, image.Pixels[0]));

        var edited = ImagesResponse.Parser.ParseFrom((await client.CallAsync("Images/Edit", new EditRequest { Prompt = "night", Image = drawn.Pictures[0].Png })).Messages[0]);
        Assert.Equal(248, PngCodec.Default.Decode(edited.Pictures[0].Png.Memory).Pixels[0]);
    }

    [Fact]
    public async Task A_drawing_is_followed_to_its_result()
    {
        await using var host = await TestHost.StartAsync();
        host.Painter.BeforeStep = static (_, cancellationToken) => Task.Delay(30, cancellationToken);
        using var client = new GrpcClient(host.Http2Address, TestHost.ApiKey.Key);
        var answer = await client.CallAsync("Images/GenerateStreaming", new GenerateRequest { Prompt = "a koi", Seed = 7, Steps = 4, PreviewEvery = 1 });
        Assert.Equal(0, answer.Status);
        var updates = answer.Messages.Select(ImageUpdate.Parser.ParseFrom).ToList();
        Assert.Equal(ImageUpdate.KindOneofCase.Result, updates[^1].KindCase);
        Assert.Single(updates, static update => update.KindCase == ImageUpdate.KindOneofCase.Result);
        Assert.Contains(updates, static update => update.KindCase == ImageUpdate.KindOneofCase.Preview);
        Assert.Equal(updates.Where(static u => u.KindCase == ImageUpdate.KindOneofCase.Progress).Select(static u => u.Progress).Order(), updates.Where(static u => u.KindCase == ImageUpdate.KindOneofCase.Progress).Select(static u => u.Progress));
    }

    [Fact]
    public async Task Messages_may_be_compressed_both_ways()
    {
        await using var host = await TestHost.StartAsync(options => options.Grpc.CompressAnswers = true);
        using var client = new GrpcClient(host.Http2Address, TestHost.ApiKey.Key);
        var content = new ByteArrayContent(GrpcClient.Frame(Request().ToByteArray(), compressed: true));
        var answer = await client.CallAsync("Voice/Convert", content, request =>
        {
            request.Headers.Add("grpc-encoding", "gzip");
            request.Headers.Add("grpc-accept-encoding", "identity,gzip");
        });
        Assert.Equal(0, answer.Status);
        Assert.Equal("gzip", answer.Response.Headers.GetValues("grpc-encoding").Single());
        Assert.Equal(400, ConvertResponse.Parser.ParseFrom(answer.Messages[0]).Audio.Data.Length);

        // A client that says nothing of compression gets none.
        var plain = await client.CallAsync("Voice/Convert", Request());
        Assert.False(plain.Response.Headers.Contains("grpc-encoding"));
        Assert.Equal(400, ConvertResponse.Parser.ParseFrom(plain.Messages[0]).Audio.Data.Length);
    }

    [Fact]
    public async Task A_stream_gives_back_as_much_as_it_is_sent()
    {
        await using var host = await TestHost.StartAsync();
        using var client = new GrpcClient(host.Http2Address, TestHost.ApiKey.Key);
        var stream = new PushContent();
        var answering = client.SendAsync("Voice/Stream", stream);
        await stream.SendAsync(new StreamRequest { Start = new() { SampleRate = 48000, Encoding = AudioEncoding.Float32, Settings = new() { Voice = "bass" } } });

        using var answer = await answering.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var samples = Tones.Samples(960);
        var reader = new FrameStream(await answer.Content.ReadAsStreamAsync());
        List<float> got = [];
        await stream.SendAsync(new StreamRequest { Audio = Bytes(samples[..480]) });
        await stream.SendAsync(new StreamRequest { Audio = Bytes(samples[480..720]) });
        // The answer to the first piece comes while the stream is open: this is no exchange of files.
        got.AddRange(Floats(StreamResponse.Parser.ParseFrom(await reader.ReadAsync()).Audio));
        Assert.Equal(480, got.Count);
        await stream.SendAsync(new StreamRequest { Audio = Bytes(samples[720..]) });
        stream.Finish();
        while (await reader.ReadAsync() is { } message)
            got.AddRange(Floats(StreamResponse.Parser.ParseFrom(message).Audio));
        Assert.Equal(samples.Select(static s => -s), got);
        Assert.Equal("0", answer.TrailingHeaders.GetValues("grpc-status").Single());
    }

    [Fact]
    public async Task What_goes_wrong_has_its_status()
    {
        await using var host = await TestHost.StartAsync(options => options.Grpc.MaximumReceivedBytes = 4096);
        using var client = new GrpcClient(host.Http2Address, TestHost.ApiKey.Key);
        using var stranger = new GrpcClient(host.Http2Address, null);

        await Ends(Unauthenticated, stranger.CallAsync("Voice/Convert", Request()));
        await Ends(Unimplemented, client.CallAsync("Voice/Whistle", Request()));
        await Ends(NotFound, client.CallAsync("Voice/Convert", Request("soprano")));
        await Ends(InvalidArgument, client.CallAsync("Voice/Convert", new ConvertRequest()));
        await Ends(InvalidArgument, client.CallAsync("Images/Generate", new GenerateRequest { Prompt = " " }));
        await Ends(InvalidArgument, client.CallAsync("Images/Generate", new GenerateRequest { Prompt = "a koi", Width = 17 }));
        await Ends(Internal, client.CallAsync("Images/Generate", new GenerateRequest { Prompt = "explode" }));
        await Ends(InvalidArgument, client.CallAsync("Voice/Convert", new ByteArrayContent([])));
        await Ends(InvalidArgument, client.CallAsync("Voice/Convert", new ByteArrayContent([0, 0, 0, 0, 9, 1])));
        await Ends(InvalidArgument, client.CallAsync("Voice/Convert", new ByteArrayContent([7, 0, 0, 0, 0])));
        await Ends(InvalidArgument, client.CallAsync("Voice/Convert", new ByteArrayContent(GrpcClient.Frame([255, 255, 255]))));
        await Ends(InvalidArgument, client.CallAsync("Voice/Convert", new ByteArrayContent(GrpcClient.Frame([], compressed: true))));
        await Ends(InvalidArgument, client.CallAsync("Voice/Convert", new ByteArrayContent([.. GrpcClient.Frame([]), .. GrpcClient.Frame([])])));
        await Ends(InvalidArgument, client.CallAsync("Voice/Convert", new ByteArrayContent([1, 0, 0, 0, 3, 1, 2, 3]), Gzipped));
        await Ends(ResourceExhausted, client.CallAsync("Voice/Convert", new ByteArrayContent([0, 255, 255, 255, 255])));
        // Two kilobytes that inflate to two megabytes.
        await Ends(ResourceExhausted, client.CallAsync("Voice/Convert", new ByteArrayContent(GrpcClient.Frame(new byte[2 << 20], compressed: true)), Gzipped));
        await Ends(Unimplemented, client.CallAsync("Voice/Convert", new ByteArrayContent(GrpcClient.Frame([])), static request => request.Headers.Add("grpc-encoding", "zstd")));
        await Ends(InvalidArgument, client.CallAsync("Voice/Convert", new ByteArrayContent(GrpcClient.Frame([])), static request => request.Headers.Add("grpc-timeout", "soon")));
        Assert.DoesNotContain("/srv/", (await client.CallAsync("Images/Generate", new GenerateRequest { Prompt = "explode" })).Message, StringComparison.Ordinal);

        static void Gzipped(HttpRequestMessage request) => request.Headers.Add("grpc-encoding", "gzip");
    }

    [Fact]
    public async Task What_is_no_call_is_refused_as_HTTP_does()
    {
        await using var host = await TestHost.StartAsync();
        using var content = new ByteArrayContent([]);
        content.Headers.ContentType = new("application/grpc");
        await host.Client.PostAsync("multimodal.v1.Voice/Convert", content).IsProblemAsync(426, "http2-needed");
        using var json = new StringContent("{}", System.Text.Encoding.UTF8, "application/json");
        await host.Client.PostAsync("multimodal.v1.Voice/Convert", json).IsProblemAsync(415, "not-grpc");
    }

    [Fact]
    public async Task A_deadline_ends_the_work_too()
    {
        await using var host = await TestHost.StartAsync();
        host.Voice.Before = static cancellationToken => Task.Delay(Timeout.Infinite, cancellationToken);
        using var client = new GrpcClient(host.Http2Address, TestHost.ApiKey.Key);
        await Ends(DeadlineExceeded, client.CallAsync("Voice/Convert", Request(), static request => request.Headers.Add("grpc-timeout", "100m")));
        await Eventually.TrueAsync(() => host.Voice.Cancelled == 1);
    }

    [Fact]
    public async Task A_client_that_vanishes_cancels_its_work()
    {
        await using var host = await TestHost.StartAsync();
        var started = new TaskCompletionSource();
        host.Voice.Before = async cancellationToken =>
        {
            started.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        };
        using var client = new GrpcClient(host.Http2Address, TestHost.ApiKey.Key);
        using var leaving = new CancellationTokenSource();
        var call = client.CallAsync("Voice/Convert", new ByteArrayContent(GrpcClient.Frame(Request().ToByteArray())), null, leaving.Token);
        await started.Task.WaitAsync(TimeSpan.FromSeconds(10));
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await Eventually.TrueAsync(() => host.Voice.Cancelled == 1);
    }

    [Fact]
    public async Task A_full_queue_says_when_to_come_back()
    {
        await using var host = await TestHost.StartAsync(options => options.Limits.Voice = new() { Concurrency = 1, Length = 0 });
        var release = new TaskCompletionSource();
        host.Voice.Before = _ => release.Task;
        using var client = new GrpcClient(host.Http2Address, TestHost.ApiKey.Key);
        var first = client.CallAsync("Voice/Convert", Request());
        await Eventually.TrueAsync(() => host.Log.Errors.Any() || host.Services.IsBusy("voice"));
        var second = await client.CallAsync("Voice/Convert", Request());
        Assert.Equal(ResourceExhausted, second.Status);
        Assert.True(second.RetryPushback >= 1000);
        release.SetResult();
        Assert.Equal(0, (await first).Status);
    }

    static async Task Ends(int status, Task<GrpcAnswer> calling)
    {
        var answer = await calling;
        Assert.True(status == answer.Status, $"{answer.Http}, {answer.Status}: {answer.Message}");
        Assert.NotEmpty(answer.Message!);
    }

    static ConvertRequest Request(string voice = "bass") => new()
    {
        Audio = new() { Data = Bytes(Tones.Samples(100)), SampleRate = 48000, Encoding = AudioEncoding.Float32 },
        Settings = new() { Voice = voice },
        AnswerEncoding = AudioEncoding.Float32,
    };

    static ByteString Bytes(float[] samples) => ByteString.CopyFrom(System.Runtime.InteropServices.MemoryMarshal.AsBytes(samples.AsSpan()));

    static float[] Floats(ByteString bytes) => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(bytes.Span).ToArray();
}
