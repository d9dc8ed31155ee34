using System.Text.Json.Nodes;
using MultiModal.CloudSimulator.Media;
using MultiModal.Jimeng.Baidu;
using MultiModal.Jimeng.Baidu.Censor;
using MultiModal.Jimeng.Baidu.Images;
using MultiModal.Jimeng.Baidu.Speech;
using MultiModal.Jimeng.Chat;
using MultiModal.Jimeng.Tests.Support;

namespace MultiModal.Jimeng.Tests.Simulated;

public sealed class BaiduFlowTests
{
    [Theory]
    [InlineData(BaiduAuthentication.OAuth)]
    [InlineData(BaiduAuthentication.ApiKey)]
    public async Task What_is_spoken_is_recognised(BaiduAuthentication authentication)
    {
        await using var cloud = await StartAsync(authentication);
        foreach (var format in Enum.GetValues<SpeechOutputFormat>())
        {
            var speech = await cloud.Baidu.SynthesizeAsync(new("你好，50% + 1 = 北京。") { Format = format, Speed = 6, Pitch = 4, Volume = 7, Voice = 1 });
            foreach (var raw in (bool[])[false, true])
            {
                var text = await cloud.Baidu.RecognizeAsync(new(speech.Audio)
                {
                    Format = format switch { SpeechOutputFormat.Mp3 => SpeechFormat.Amr, SpeechOutputFormat.Wav => SpeechFormat.Wav, _ => SpeechFormat.Pcm },
                    SampleRate = speech.SampleRate ?? 16000,
                    Raw = raw,
                    Model = SpeechModels.Mandarin,
                });
                Assert.Equal("你好，50% + 1 = 北京。", text.Text);
                Assert.False(string.IsNullOrEmpty(text.Sn));
            }
        }
    }

    [Fact]
    public async Task Every_model_and_rate_reaches_its_endpoint()
    {
        await using var cloud = await SimulatedCloud.StartAsync();
        foreach (var model in (int[])[1536, 1537, 1637, 1737, 1837, 1936, 8001, 80001])
        {
            foreach (var rate in SpeechModels.AcceptsTelephoneRate(model) ? (int[])[8000, 16000] : [16000])
                Assert.Equal("好", (await cloud.Baidu.RecognizeAsync(new(SimulatedSpeech.Pcm("好", rate)) { Model = model, SampleRate = rate, LanguageModelId = model == 8001 ? 7 : null })).Text);
        }

        Assert.Equal(2, cloud.Simulator.Ledger.Requests["/pro_api"]);
    }

    [Fact]
    public async Task Long_text_is_spoken_in_sentences_and_joined()
    {
        await using var cloud = await SimulatedCloud.StartAsync();
        var text = string.Concat(Enumerable.Range(0, 120).Select(static i => $"这是第{i}个句子，它不长。"));
        var speech = await cloud.Baidu.SynthesizeAsync(new(text) { Format = SpeechOutputFormat.Wav });
        Assert.InRange(speech.Segments, 3, 5);
        Assert.Equal(text, SimulatedSpeech.Understand(speech.Audio.Span));
        Assert.Equal(speech.Audio.Length - 44, BitConverter.ToInt32(speech.Audio.Span[40..44]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sound_is_recognised_while_it_arrives(bool largeModel)
    {
        await using var cloud = await SimulatedCloud.StartAsync();
        var pcm = SimulatedSpeech.Pcm("实时 unclear 识别。", 16000);
        var pieces = pcm.Chunk(3001).Select(static piece => (ReadOnlyMemory<byte>)piece).ToArray();
        var heard = await cloud.Baidu.RecognizeRealtimeAsync(Sequence.Of(pieces), new() { Pace = false, LargeModel = largeModel }).ToListAsync();
        Assert.Contains(heard, static transcript => transcript.Kind == RealtimeTranscriptKind.Partial);
        // A sentence that fails does not end the session.
        Assert.Equal("-3005", Assert.Single(heard, static transcript => transcript.Kind == RealtimeTranscriptKind.Failed).Error!.Code);
        var final = heard[^1];
        Assert.Equal("实时 unclear 识别。", final.Text);
        Assert.Equal(pcm.Length / 32, final.End!.Value.TotalMilliseconds, 1.0);
        Assert.True(final.Extra!.ContainsKey("product_id"));
    }

    [Fact]
    public async Task A_refused_realtime_session_is_one_typed_error_and_a_left_one_is_cancelled()
    {
        await using var cloud = await SimulatedCloud.StartAsync(baidu: static o => o.AppId = "1");
        var error = await Assert.ThrowsAsync<CloudApiException>(() => cloud.Baidu.RecognizeRealtimeAsync(Sequence.Of<ReadOnlyMemory<byte>>(new byte[5120])).ToListAsync());
        Assert.Equal(("-3004", CloudErrorKind.Authentication), (error.Code, error.Kind));

        await using var good = await SimulatedCloud.StartAsync();
        await foreach (var transcript in good.Baidu.RecognizeRealtimeAsync(Endless(), new() { Pace = false }))
        {
            Assert.Equal(RealtimeTranscriptKind.Partial, transcript.Kind);
            break;
        }

        Assert.DoesNotContain(good.Simulator.Ledger.Billed.Keys, static key => key.StartsWith("realtime:", StringComparison.Ordinal));
    }

    static async IAsyncEnumerable<ReadOnlyMemory<byte>> Endless()
    {
        while (true)
        {
            await Task.Yield();
            yield return new byte[5120];
        }
    }

    [Fact]
    public async Task The_failure_of_a_source_of_sound_is_what_the_caller_sees()
    {
        await using var cloud = await SimulatedCloud.StartAsync();
        static async IAsyncEnumerable<ReadOnlyMemory<byte>> Broken()
        {
            yield return new byte[5120];
            await Task.Yield();
            throw new InvalidDataException("the microphone is gone");
        }

        await Assert.ThrowsAsync<InvalidDataException>(() => cloud.Baidu.RecognizeRealtimeAsync(Broken(), new() { Pace = false }).ToListAsync());
    }

    [Theory]
    [InlineData(BaiduAuthentication.OAuth)]
    [InlineData(BaiduAuthentication.ApiKey)]
    public async Task Text_is_spoken_while_it_arrives(BaiduAuthentication authentication)
    {
        await using var cloud = await StartAsync(authentication);
        var sound = await cloud.Baidu.SynthesizeStreamingAsync(Sequence.Of("一段", "文字，", new string('长', 1500))).ToListAsync();
        Assert.Equal("一段文字，" + new string('长', 1500), SimulatedSpeech.Understand(sound.SelectMany(static part => part.ToArray()).ToArray()));
        var error = await Assert.ThrowsAsync<CloudApiException>(() => cloud.Baidu.SynthesizeStreamingAsync(Sequence.Of("failure")).ToListAsync());
        Assert.Equal("216100", error.Code);
    }

    [Fact]
    public async Task An_expired_token_is_renewed_for_a_session()
    {
        await using var cloud = await SimulatedCloud.StartAsync();
        await cloud.Baidu.SynthesizeStreamingAsync(Sequence.Of("一")).ToListAsync();
        cloud.Simulator.Tokens.ExpireAll();
        await cloud.Baidu.SynthesizeStreamingAsync(Sequence.Of("二")).ToListAsync();
        Assert.Equal(2, cloud.Simulator.Ledger.TokensIssued);
    }

    [Theory]
    [InlineData(BaiduAuthentication.OAuth)]
    [InlineData(BaiduAuthentication.ApiKey)]
    [InlineData(BaiduAuthentication.Iam)]
    public async Task Pictures_are_drawn_described_and_judged(BaiduAuthentication authentication)
    {
        await using var cloud = await StartAsync(authentication);
        var heard = new Sequence.Heard<ErnieImageTask>();
        var images = await cloud.Baidu.GenerateImageAsync(new ErnieImageRequest("雪地里的橘猫") { Count = 2 }, heard);
        Assert.Equal(2, images.Count);
        Assert.All(images, static image => Assert.Equal(("image/png", "pass"), (image.File!.MediaType, image.Verdict)));
        Assert.Equal(["WAIT", "RUNNING", "SUCCESS"], heard.Values.Select(static task => task.Status));

        var basic = await cloud.Baidu.GenerateImageAsync(new ErnieBasicImageRequest("睡莲") { Count = 3, Style = "油画" });
        Assert.Equal(3, basic.Count);

        var description = await cloud.Baidu.DescribeImageAsync(new(images[1].File!.Bytes.ToArray()));
        Assert.Equal("一幅图画：雪地里的橘猫 1", description.Text);
        Assert.Equal("图片内容：一幅图画：雪地里的橘猫 1", description.ForLanguageModel);

        Assert.True((await cloud.Baidu.CensorImageAsync(new(images[0].File!.Bytes))).IsPass);
        Assert.True((await cloud.Baidu.CensorImageAsync(new(new Uri("https://example.com/图.jpg?a=1&b=2")))).IsPass);
        Assert.True((await cloud.Baidu.CensorTextAsync(new("a+b & 100% 好"))).IsPass);
        var verdict = await cloud.Baidu.CensorTextAsync(new("来赌博吧"));
        Assert.Equal(CensorConclusion.Block, verdict.Conclusion);
        Assert.Equal(["赌博"], Assert.Single(Assert.Single(verdict.Findings!).Hits!).Words);
    }

    [Fact]
    public async Task Blocked_pictures_are_withheld_and_blocked_prompts_are_errors()
    {
        await using var cloud = await SimulatedCloud.StartAsync();
        var images = await cloud.Baidu.GenerateImageAsync(new ErnieImageRequest("blocked 猫") { Count = 2 });
        Assert.Equal([true, false], images.Select(static image => image.IsBlocked));
        var all = await Assert.ThrowsAsync<CloudApiException>(() => cloud.Baidu.GenerateImageAsync(new ErnieImageRequest("blocked 狗")));
        Assert.Equal(CloudErrorKind.ContentBlocked, all.Kind);
        var prompt = await Assert.ThrowsAsync<CloudApiException>(() => cloud.Baidu.GenerateImageAsync(new ErnieImageRequest("赌博")));
        Assert.Equal((CloudErrorKind.ContentBlocked, "501", false), (prompt.Kind, prompt.Code, prompt.IsRetryable));
    }

    [Fact]
    public async Task Long_text_is_judged_in_parts_and_the_strictest_verdict_counts()
    {
        await using var cloud = await SimulatedCloud.StartAsync();
        var text = string.Concat(Enumerable.Repeat("普通的一句话。", 2000)) + "彩票。" + string.Concat(Enumerable.Repeat("普通的一句话。", 500)) + "赌博。";
        var verdict = await cloud.Baidu.CensorTextAsync(new(text));
        Assert.Equal(CensorConclusion.Block, verdict.Conclusion);
        Assert.InRange(verdict.Findings!.Count, 1, 2);
        Assert.True(cloud.Simulator.Ledger.Requests["/rest/2.0/solution/v1/text_censor/v2/user_defined"] >= 3);
    }

    [Fact]
    public async Task Chat_answers_whole_and_streamed_with_tools_and_usage()
    {
        await using var cloud = await SimulatedCloud.StartAsync();
        foreach (var chat in (IChatCompletionClient[])[cloud.Baidu.Chat, cloud.Chat])
        {
            var answer = await chat.CompleteAsync(new(ChatTurn.System("短。"), ChatTurn.User("你好")) { Temperature = 0.5, MaxTokens = 64 });
            Assert.Equal("你说：你好", answer.Text);
            Assert.Equal(12, answer.Usage!.TotalTokens);
            Assert.True(answer.Choices![0].Extra!.ContainsKey("flag"));

            var chunks = await chat.StreamAsync(new(ChatTurn.User("看图", new Uri("https://example.com/a.png")))).ToListAsync();
            Assert.Equal("你说：看图", string.Concat(chunks.Select(static chunk => chunk.Text)));
            Assert.Equal(5, chunks[^1].Usage!.CompletionTokens);

            var tools = new JsonArray(new JsonObject { ["type"] = "function", ["function"] = new JsonObject { ["name"] = "weather" } });
            var call = await chat.CompleteAsync(new(ChatTurn.User("天气？")) { Tools = tools });
            Assert.Equal("weather", Assert.Single(call.Choices![0].Message!.ToolCalls!).Function!.Name);
        }
    }

    [Fact]
    public async Task A_stream_that_ends_in_the_middle_is_an_error_not_an_answer()
    {
        await using var cloud = await SimulatedCloud.StartAsync();
        var pieces = new List<string>();
        var error = await Assert.ThrowsAsync<CloudApiException>(async () =>
        {
            await foreach (var chunk in cloud.Baidu.Chat.StreamAsync(new(ChatTurn.User("cut"))))
                pieces.Add(chunk.Text);
        });
        Assert.Equal("你说：cut", string.Concat(pieces));
        Assert.Equal((CloudErrorKind.UnexpectedResponse, true), (error.Kind, error.OutcomeUnknown));
    }

    [Theory]
    [InlineData("unsafe", CloudErrorKind.ContentBlocked, "unsafe_request")]
    [InlineData("ok", CloudErrorKind.InvalidInput, "invalid_model")]
    public async Task Chat_errors_are_typed(string text, CloudErrorKind kind, string code)
    {
        await using var cloud = await SimulatedCloud.StartAsync();
        var error = await Assert.ThrowsAsync<CloudApiException>(() => cloud.Chat.CompleteAsync(new(ChatTurn.User(text)) { Model = text == "ok" ? "no-such-model" : null }));
        Assert.Equal((kind, code, 400), (error.Kind, error.Code, (int)error.StatusCode!));
        Assert.NotNull(error.RequestId);
    }

    [Fact]
    public async Task Qianfan_draws()
    {
        await using var cloud = await SimulatedCloud.StartAsync();
        var images = await cloud.Baidu.GenerateImageAsync(new QianfanImageRequest("山水") { Count = 2, Size = "1024x1024" });
        Assert.Equal(["image/png", "image/png"], images.Select(static image => image.File!.MediaType));
    }

    [Fact]
    public async Task Wrong_keys_say_which_one_is_wrong()
    {
        await using var cloud = await SimulatedCloud.StartAsync(baidu: static o => o.SecretKey = "wrong-secret-key");
        var error = await Assert.ThrowsAsync<CloudApiException>(() => cloud.Baidu.CensorTextAsync(new("x")));
        Assert.Equal((CloudErrorKind.Authentication, "invalid_client"), (error.Kind, error.Code));
        Assert.Contains("Secret Key", error.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_used_up_quota_is_not_retried()
    {
        await using var cloud = await SimulatedCloud.StartAsync(new() { Quota = 1 });
        await cloud.Baidu.CensorTextAsync(new("一"));
        var error = await Assert.ThrowsAsync<CloudApiException>(() => cloud.Baidu.CensorTextAsync(new("二")));
        Assert.Equal((CloudErrorKind.QuotaExceeded, "17", 1), (error.Kind, error.Code, error.Attempts));
        var speech = await Assert.ThrowsAsync<CloudApiException>(() => cloud.Baidu.RecognizeAsync(new(new byte[64])));
        Assert.Equal((CloudErrorKind.QuotaExceeded, "3305"), (speech.Kind, speech.Code));
    }

    static Task<SimulatedCloud> StartAsync(BaiduAuthentication authentication) => SimulatedCloud.StartAsync(baidu: o =>
    {
        o.Authentication = authentication;
        if (authentication == BaiduAuthentication.ApiKey)
            o.ApiKey = o.QianfanApiKey;
    });
}
