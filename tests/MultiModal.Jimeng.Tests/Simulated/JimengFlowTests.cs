using System.Text.Json.Nodes;
using MultiModal.CloudSimulator;
using MultiModal.Jimeng.Tests.Support;
using MultiModal.Jimeng.Volcengine;

namespace MultiModal.Jimeng.Tests.Simulated;

public sealed class JimengFlowTests
{
    public static TheoryData<string> Requests => [.. Each().Select(static request => request.ReqKey).Distinct()];

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Every_family_is_made_and_downloaded(string reqKey)
    {
        await using var cloud = await SimulatedCloud.StartAsync();
        foreach (var request in Each().Where(request => request.ReqKey == reqKey))
        {
            foreach (var asUrl in (bool[])[true, false])
            {
                var heard = new Sequence.Heard<JimengProgress>();
                var result = await cloud.Jimeng.GenerateAsync(request with { Result = new() { ReturnUrl = asUrl } }, heard);
                var file = Assert.Single(result.Files);
                Assert.Contains(file.MediaType, (string[])["image/png", "video/mp4"]);
                Assert.Equal(JimengStage.Done, heard.Values[^1].Stage);
                if (request.Actions.GetResult is not null)
                {
                    Assert.Equal(["in_queue", "generating", "done"], heard.Values.Where(static p => p.Stage == JimengStage.Running).Select(static p => p.Status));
                    // The id exceeds 64 bits with a sign, and no digit of it is lost.
                    Assert.StartsWith("14411597596416601", result.State.TaskId, StringComparison.Ordinal);
                    Assert.True(ulong.Parse(result.State.TaskId, System.Globalization.CultureInfo.InvariantCulture) > long.MaxValue);
                }
            }
        }
    }

    [Fact]
    public async Task A_task_can_be_followed_step_by_step_and_cancelled()
    {
        await using var cloud = await SimulatedCloud.StartAsync();
        var task = await cloud.Jimeng.SubmitAsync(new Jimeng40ImageRequest("一只猫"));
        Assert.Equal("in_queue", (await cloud.Jimeng.GetResultAsync(task)).Status);
        var marks = new JimengResultOptions { LogoInfo = new() { Text = "AI", Position = 1 }, AigcMeta = new("producer-1") { ContentProducer = "MultiModal" } };
        var state = await cloud.Jimeng.WaitAsync(task, marks);
        Assert.True(state.AigcMetaTagged);
        Assert.Single(await cloud.Jimeng.DownloadAsync(state));

        var other = await cloud.Jimeng.SubmitAsync(new Jimeng40ImageRequest("一只狗"));
        await cloud.Jimeng.CancelAsync(other);
        var error = await Assert.ThrowsAsync<CloudApiException>(() => cloud.Jimeng.WaitAsync(other));
        Assert.Equal((CloudErrorKind.TaskFailed, true), (error.Kind, error.IsRetryable));
        var unknown = await Assert.ThrowsAsync<CloudApiException>(() => cloud.Jimeng.WaitAsync(task with { TaskId = "1" }));
        Assert.Equal(CloudErrorKind.NotFound, unknown.Kind);
        var mixed = await Assert.ThrowsAsync<CloudApiException>(() => cloud.Jimeng.GetResultAsync(task with { ReqKey = JimengKeys.TextToImage31 }));
        Assert.Equal("50215", mixed.Code);
    }

    [Fact]
    public async Task A_picture_speaks_after_its_subject_was_found()
    {
        await using var cloud = await SimulatedCloud.StartAsync();
        var request = new JimengDigitalHumanRequest(new Uri("https://example.com/face.png"), new Uri("https://example.com/voice.mp3")) { Prompt = "微笑", Subject = 0 };
        var result = await cloud.Jimeng.GenerateDigitalHumanAsync(request);
        Assert.Equal("video/mp4", Assert.Single(result.Files).MediaType);
        Assert.Equal((1, 2), (cloud.Simulator.Ledger.Requests["CVProcess"], cloud.Simulator.Ledger.Requests["CVSubmitTask"]));
        var none = new JimengDigitalHumanRequest(new Uri("https://example.com/nobody.png"), new Uri("https://example.com/voice.mp3"));
        Assert.Equal(CloudErrorKind.InvalidInput, (await Assert.ThrowsAsync<CloudApiException>(() => cloud.Jimeng.GenerateDigitalHumanAsync(none))).Kind);
        Assert.Single(await cloud.Jimeng.DetectSubjectsAsync(new Uri("https://example.com/face.png")));
    }

    [Fact]
    public async Task Blocked_content_says_on_which_side_and_whether_again_may_help()
    {
        await using var cloud = await SimulatedCloud.StartAsync();
        var input = await Assert.ThrowsAsync<CloudApiException>(() => cloud.Jimeng.GenerateAsync(new Jimeng3ImageRequest("违禁")));
        Assert.Equal((CloudErrorKind.ContentBlocked, "50412", false, 400), (input.Kind, input.Code, input.IsRetryable, (int)input.StatusCode!));
        var output = await Assert.ThrowsAsync<CloudApiException>(() => cloud.Jimeng.GenerateAsync(new Jimeng3ImageRequest("post-risk")));
        Assert.Equal((CloudErrorKind.ContentBlocked, "50511", true), (output.Kind, output.Code, output.IsRetryable));
        Assert.NotNull(output.RequestId);
    }

    [Fact]
    public async Task Tasks_of_one_key_wait_their_turn_on_our_side()
    {
        await using var cloud = await SimulatedCloud.StartAsync(new() { MaxRunningTasks = 1 }, resilience: static o => o.MaxRateLimitRetries = 0);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => cloud.Jimeng.GenerateAsync(new Jimeng40ImageRequest($"猫 {i}"))));
        Assert.Equal(8, cloud.Simulator.Ledger.Requests["CVSync2AsyncSubmitTask"]);
    }

    [Fact]
    public async Task Temporary_credentials_and_wrong_keys_are_told_apart()
    {
        var options = new SimulatorOptions { VolcSessionToken = "session-token-0001" };
        await using var cloud = await SimulatedCloud.StartAsync(options, jimeng: static o => o.SessionToken = "session-token-0001");
        Assert.Single((await cloud.Jimeng.GenerateAsync(new Jimeng21ImageRequest("猫"))).Files);
        await using var stale = await SimulatedCloud.StartAsync(options, jimeng: static o => o.SessionToken = "session-token-0000");
        Assert.Equal("InvalidSecretToken", (await Assert.ThrowsAsync<CloudApiException>(() => stale.Jimeng.GenerateAsync(new Jimeng21ImageRequest("猫")))).Code);
        await using var wrong = await SimulatedCloud.StartAsync(jimeng: static o => o.SecretAccessKey = "bm90LXRoZS1rZXk=");
        var error = await Assert.ThrowsAsync<CloudApiException>(() => wrong.Jimeng.GenerateAsync(new Jimeng21ImageRequest("猫")));
        Assert.Equal((CloudErrorKind.Authentication, "SignatureDoesNotMatch", 401), (error.Kind, error.Code, (int)error.StatusCode!));
    }

    [Fact]
    public async Task What_the_service_would_refuse_is_refused_before_it_is_sent()
    {
        await using var cloud = await SimulatedCloud.StartAsync();
        JimengRequest[] bad =
        [
            new Jimeng40ImageRequest(""), new Jimeng40ImageRequest(new string('x', 801)), new Jimeng40ImageRequest("x") { Width = 2048 }, new Jimeng40ImageRequest("x") { Width = 64, Height = 64 },
            new JimengVideoRequest("x") { Frames = 100 }, new JimengVideoRequest("x", JimengKeys.FirstLastFrameVideo30) { ImageUrls = [new("https://a/b")] },
        ];
        foreach (var request in bad)
            Assert.Equal((CloudErrorKind.InvalidInput, 0), await Assert.ThrowsAsync<CloudApiException>(() => cloud.Jimeng.GenerateAsync(request)) is var error ? (error.Kind, error.Attempts) : default);
        Assert.Empty(cloud.Simulator.Ledger.Requests);
    }

    static IEnumerable<JimengRequest> Each()
    {
        var picture = new Uri("https://example.com/a.png");
        var bytes = new byte[] { 0xFB, 0xEF, 0xBE, 0xFF };
        yield return new Jimeng40ImageRequest("红围巾的橘猫🐱 + <b>") { Width = 2048, Height = 2048, ImageUrls = [picture] };
        yield return new Jimeng40ImageRequest("x") { ReqKey = JimengKeys.Image46, Size = 2048 * 2048 };
        yield return new Jimeng3ImageRequest("山") { Seed = 7, Width = 1328, Height = 1328 };
        yield return new Jimeng3ImageRequest("山") { ReqKey = JimengKeys.TextToImage30 };
        yield return new Jimeng21ImageRequest("水") { Width = 512, Height = 512, ExpandPrompt = false };
        yield return new Jimeng3EditRequest(bytes, "加一顶帽子");
        yield return new Jimeng3EditRequest(picture, "加一顶帽子") { Scale = 0.7 };
        yield return new JimengVideoRequest("海浪") { Frames = 121, AspectRatio = "16:9" };
        yield return new JimengVideoRequest("海浪", JimengKeys.TextToVideo30FullHd);
        yield return new JimengVideoRequest("", JimengKeys.FirstFrameVideo30) { Images = [bytes] };
        yield return new JimengVideoRequest("变化", JimengKeys.FirstLastFrameVideo30) { ImageUrls = [picture, picture] };
        yield return new JimengUpscaleRequest(picture) { Resolution = "8k" };
        yield return new JimengCustomRequest("jimeng_t2i_v99", new JsonObject { ["prompt"] = "未来", ["new_switch"] = true });
    }
}
