using System.Net;
using System.Net.Http.Headers;
using MultiModal.Jimeng.Baidu;
using MultiModal.Jimeng.Baidu.Speech;
using MultiModal.Jimeng.Tests.Support;
using MultiModal.Jimeng.Volcengine;
using MultiModal.Testing.Time;

namespace MultiModal.Jimeng.Tests.Resilience;

/// <summary>When attempts happen, on a clock that only the test moves, and without jitter except where it is the subject.</summary>
public sealed class ScheduleTests
{
    const string Good = """{"log_id":1,"conclusion":"合规","conclusionType":1}""";
    const string Submitted = """{"code":10000,"data":{"task_id":"14411597596416601128"},"message":"Success","request_id":"r"}""";
    static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData("429")]
    [InlineData("18")]
    public async Task Limits_are_waited_out_from_one_second_doubling(string how)
    {
        var (clock, times) = (new ManualTimeProvider(), new List<TimeSpan>());
        using var network = Network(clock, times, _ => how == "429" ? new(HttpStatusCode.TooManyRequests) : ScriptedHandler.Json("""{"error_code":18,"error_msg":"qps","log_id":"7"}"""));
        var call = Clients.Baidu(network, time: clock).CensorTextAsync(new("x"));
        foreach (var wait in (int[])[1, 2, 4, 8, 16])
            await PassAsync(clock, wait * Second);
        var error = await Assert.ThrowsAsync<CloudApiException>(() => call);
        Assert.Equal([0, 1, 3, 7, 15, 31], times.Select(static time => time.TotalSeconds));
        Assert.Equal((CloudErrorKind.RateLimited, true, 6), (error.Kind, error.IsRetryable, error.Attempts));
    }

    [Fact]
    public async Task Jitter_lengthens_a_wait_by_at_most_its_part()
    {
        for (var i = 0; i < 50; i++)
        {
            var clock = new ManualTimeProvider();
            using var network = new ScriptedHandler((request, index) => index == 1 ? new(HttpStatusCode.TooManyRequests) : Answer(request));
            var call = Clients.Baidu(network, static o => o.Resilience.Jitter = 0.25, clock).CensorTextAsync(new("x"));
            await clock.WaitForTimerAsync(static due => due >= Second && due <= 1.25 * Second);
            clock.Advance(1.25 * Second);
            await call;
        }
    }

    [Fact]
    public async Task Retry_after_is_honoured_in_seconds_and_as_a_date_and_not_when_it_is_too_long()
    {
        var (clock, times) = (new ManualTimeProvider(), new List<TimeSpan>());
        using var network = Network(clock, times, index => index switch
        {
            0 => With(new(TimeSpan.FromSeconds(7))),
            // The service's clock is an hour ahead of ours; only the difference counts.
            1 => With(new(clock.GetUtcNow().AddHours(1).AddSeconds(11)), clock.GetUtcNow().AddHours(1)),
            _ => With(new(TimeSpan.FromSeconds(61))),
        });
        var call = Clients.Baidu(network, time: clock).CensorTextAsync(new("x"));
        await PassAsync(clock, 7 * Second);
        await PassAsync(clock, 11 * Second);
        var error = await Assert.ThrowsAsync<CloudApiException>(() => call);
        Assert.Equal([0, 7, 18], times.Select(static time => time.TotalSeconds));
        Assert.Equal(61 * Second, error.RetryAfter);

        static HttpResponseMessage With(RetryConditionHeaderValue after, DateTimeOffset? date = null) => new(HttpStatusCode.TooManyRequests) { Headers = { RetryAfter = after, Date = date } };
    }

    [Fact]
    public async Task Bad_gateways_are_tried_again_at_once_three_times()
    {
        var (clock, times) = (new ManualTimeProvider(), new List<TimeSpan>());
        using var network = Network(clock, times, static _ => ScriptedHandler.Html("<html>502</html>", HttpStatusCode.BadGateway));
        var error = await Assert.ThrowsAsync<CloudApiException>(() => Clients.Baidu(network, time: clock).CensorTextAsync(new("x")));
        Assert.Equal([0, 0, 0, 0], times.Select(static time => time.TotalSeconds));
        Assert.Equal((CloudErrorKind.Unavailable, HttpStatusCode.BadGateway, false), (error.Kind, error.StatusCode!.Value, error.OutcomeUnknown));
    }

    [Fact]
    public async Task Each_sort_of_failure_has_a_budget_of_its_own()
    {
        var (clock, times) = (new ManualTimeProvider(), new List<TimeSpan>());
        using var network = Network(clock, times, static index => index % 2 == 0 ? new(HttpStatusCode.BadGateway) : new(HttpStatusCode.TooManyRequests));
        var call = Clients.Baidu(network, time: clock).CensorTextAsync(new("x"));
        foreach (var wait in (int[])[1, 2, 4])
            await PassAsync(clock, wait * Second);
        await Assert.ThrowsAsync<CloudApiException>(() => call);
        // 502 three times at once, whatever stands between them; the fourth ends it.
        Assert.Equal([0, 0, 1, 1, 3, 3, 7], times.Select(static time => time.TotalSeconds));
    }

    [Theory]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(500)]
    public async Task A_submission_is_not_repeated_when_it_may_have_been_taken(int status)
    {
        var clock = new ManualTimeProvider();
        using var network = new ScriptedHandler(_ => ScriptedHandler.Html("<html></html>", (HttpStatusCode)status));
        var error = await Assert.ThrowsAsync<CloudApiException>(() => Clients.Jimeng(network, time: clock).SubmitAsync(new Jimeng40ImageRequest("x")));
        Assert.Single(network.Requests);
        Assert.Equal((status != 503, 1), (error.OutcomeUnknown, error.Attempts));
    }

    [Fact]
    public async Task A_submission_that_breaks_off_or_is_late_is_not_repeated_and_says_so()
    {
        using var broken = new ScriptedHandler(_ => throw new HttpRequestException(HttpRequestError.ResponseEnded));
        var error = await Assert.ThrowsAsync<CloudApiException>(() => Clients.Jimeng(broken).SubmitAsync(new Jimeng40ImageRequest("x")));
        Assert.Equal((CloudErrorKind.Network, true, 1), (error.Kind, error.OutcomeUnknown, broken.Requests.Count));

        var clock = new ManualTimeProvider();
        using var late = new ScriptedHandler(_ => ScriptedHandler.Json(Submitted)) { Before = static (_, token) => Task.Delay(Timeout.InfiniteTimeSpan, token) };
        var call = Clients.Jimeng(late, time: clock).SubmitAsync(new Jimeng40ImageRequest("x"));
        await PassAsync(clock, 30 * Second);
        var timeout = await Assert.ThrowsAsync<CloudApiException>(() => call);
        Assert.Equal((CloudErrorKind.Timeout, true, 1), (timeout.Kind, timeout.OutcomeUnknown, late.Requests.Count));
    }

    [Fact]
    public async Task A_submission_is_repeated_when_it_was_refused_or_never_arrived()
    {
        var (clock, times) = (new ManualTimeProvider(), new List<TimeSpan>());
        using var network = new ScriptedHandler((_, index) =>
        {
            times.Add(clock.GetUtcNow() - new ManualTimeProvider().GetUtcNow());
            return index switch
            {
                0 => ScriptedHandler.Json("""{"code":50429,"data":null,"message":"limit","request_id":"r"}""", HttpStatusCode.TooManyRequests),
                1 => ScriptedHandler.Json("""{"code":50430,"data":null,"message":"limit","request_id":"r"}""", HttpStatusCode.TooManyRequests),
                2 => throw new HttpRequestException(HttpRequestError.ConnectionError),
                _ => ScriptedHandler.Json(Submitted),
            };
        });
        var call = Clients.Jimeng(network, time: clock).SubmitAsync(new Jimeng40ImageRequest("x"));
        await PassAsync(clock, Second);
        await PassAsync(clock, 2 * Second);
        await PassAsync(clock, Second);
        Assert.Equal("14411597596416601128", (await call).TaskId);
        Assert.Equal([0, 1, 3, 4], times.Select(static time => time.TotalSeconds));
    }

    [Fact]
    public async Task Paid_calls_are_repeated_after_unclear_endings_only_where_the_options_say_so()
    {
        foreach (var repeat in (bool[])[false, true])
        {
            var clock = new ManualTimeProvider();
            using var network = new ScriptedHandler((request, index) => request.Uri.AbsolutePath == "/oauth/2.0/token" ? Answer(request) : index == 1 ? ScriptedHandler.Json("""{"conclusion":"合""") : ScriptedHandler.Json(Good));
            var call = Clients.Baidu(network, o => o.Resilience.RepeatPaidCalls = repeat, clock).CensorTextAsync(new("x"));
            if (repeat)
            {
                await PassAsync(clock, Second);
                Assert.True((await call).IsPass);
            }
            else
            {
                Assert.True((await Assert.ThrowsAsync<CloudApiException>(() => call)).OutcomeUnknown);
            }
        }
    }

    [Fact]
    public async Task Polls_are_repeated_after_every_passing_failure_and_slow_down()
    {
        var (clock, times) = (new ManualTimeProvider(), new List<TimeSpan>());
        using var network = new ScriptedHandler((_, index) =>
        {
            times.Add(clock.GetUtcNow() - new ManualTimeProvider().GetUtcNow());
            return index switch
            {
                0 => ScriptedHandler.Json("""{"code":10000,"data":{"status":"in_queue"},"request_id":"r"}"""),
                1 => throw new HttpRequestException(HttpRequestError.ResponseEnded),
                2 => ScriptedHandler.Json("""{"code":10000,"data":{"status":"gener"""),
                3 => ScriptedHandler.Json("""{"code":10000,"data":{"status":"something_new"},"request_id":"r"}"""),
                _ => ScriptedHandler.Json("""{"code":10000,"data":{"status":"done","image_urls":null,"binary_data_base64":[]},"request_id":"r"}"""),
            };
        });
        var call = Clients.Jimeng(network, time: clock).WaitAsync(new("1", "k", JimengActions.Tasks));
        await PassAsync(clock, 2 * Second);
        await PassAsync(clock, 3 * Second);
        await PassAsync(clock, Second);
        await PassAsync(clock, 2 * Second);
        await PassAsync(clock, 4.5 * Second);
        Assert.True((await call).IsDone);
        Assert.Equal([2, 5, 6, 8, 12.5], times.Select(static time => time.TotalSeconds));
    }

    [Fact]
    public async Task The_total_time_ends_a_call_whatever_is_left_to_try()
    {
        var clock = new ManualTimeProvider();
        using var network = Network(clock, [], static _ => new(HttpStatusCode.TooManyRequests));
        var call = Clients.Baidu(network, static o => (o.Resilience.TotalTimeout, o.Resilience.AttemptTimeout) = (5 * Second, 5 * Second), clock).CensorTextAsync(new("x"));
        await PassAsync(clock, Second);
        await PassAsync(clock, 2 * Second);
        await PassAsync(clock, 4 * Second);
        Assert.Equal(CloudErrorKind.Timeout, (await Assert.ThrowsAsync<CloudApiException>(() => call)).Kind);
    }

    [Fact]
    public async Task An_open_circuit_refuses_calls_and_closes_after_one_that_succeeds()
    {
        var (clock, broken) = (new ManualTimeProvider(), true);
        using var network = new ScriptedHandler(request => broken && request.Uri.AbsolutePath != "/oauth/2.0/token" ? ScriptedHandler.Html("", HttpStatusCode.ServiceUnavailable) : Answer(request));
        var client = Clients.Baidu(network, static o => (o.Resilience.CircuitMinimumAttempts, o.Resilience.MaxTransientRetries) = (4, 0), clock);
        for (var i = 0; i < 4; i++)
            Assert.Equal(CloudErrorKind.Unavailable, (await Assert.ThrowsAsync<CloudApiException>(() => client.CensorTextAsync(new("x")))).Kind);
        var sent = network.Requests.Count;
        var open = await Assert.ThrowsAsync<CloudApiException>(() => client.CensorTextAsync(new("x")));
        Assert.Equal((CloudErrorKind.CircuitOpen, true, 0), (open.Kind, open.IsRetryable, open.Attempts));
        Assert.Equal(sent, network.Requests.Count);
        // Another endpoint is not concerned.
        Assert.Equal(CloudErrorKind.Unavailable, (await Assert.ThrowsAsync<CloudApiException>(() => client.RecognizeAsync(new(new byte[64])))).Kind);
        broken = false;
        clock.Advance(15 * Second);
        Assert.True((await client.CensorTextAsync(new("x"))).IsPass);
    }

    [Fact]
    public async Task Client_side_limits_space_calls_out_and_bound_how_many_run()
    {
        var (clock, times) = (new ManualTimeProvider(), new List<TimeSpan>());
        using var network = Network(clock, times, static _ => ScriptedHandler.Json(Good));
        var client = Clients.Baidu(network, static o => o.Resilience.Limits[BaiduOperations.CensorText] = new() { RequestsPerSecond = 2, Burst = 2, MaxConcurrent = 8 }, clock);
        var first = await client.CensorTextAsync(new("x"));
        Assert.True(first.IsPass);
        await client.CensorTextAsync(new("x"));
        var third = client.CensorTextAsync(new("x"));
        await PassAsync(clock, 0.5 * Second);
        await third;
        Assert.Equal([0, 0, 0.5], times.Select(static time => time.TotalSeconds));

        var (running, most) = (0, 0);
        using var gate = new SemaphoreSlim(0);
        using var slow = new ScriptedHandler(Answer)
        {
            Before = async (request, token) =>
            {
                if (request.Uri.AbsolutePath == "/oauth/2.0/token")
                    return;
                most = Math.Max(most, Interlocked.Increment(ref running));
                await gate.WaitAsync(token);
                Interlocked.Decrement(ref running);
            },
        };
        var bounded = Clients.Baidu(slow, static o => o.Resilience.DefaultLimits = new() { MaxConcurrent = 3 });
        var calls = Enumerable.Range(0, 10).Select(_ => bounded.CensorTextAsync(new("x"))).ToList();
        gate.Release(10);
        await Task.WhenAll(calls);
        Assert.InRange(most, 1, 3);
    }

    [Fact]
    public async Task Hedging_is_off_by_default_and_only_for_what_costs_nothing()
    {
        var clock = new ManualTimeProvider();
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var count = 0;
        using var network = new ScriptedHandler(_ => ScriptedHandler.Json("""{"code":10000,"data":{"status":"done"},"request_id":"r"}"""))
        {
            Before = (_, token) => Interlocked.Increment(ref count) == 1 ? release.Task.WaitAsync(token) : Task.CompletedTask,
        };
        var poll = Clients.Jimeng(network, static o => o.Resilience.HedgingDelay = TimeSpan.FromSeconds(3), clock).GetResultAsync(new("1", "k", JimengActions.Tasks));
        await PassAsync(clock, 3 * Second);
        Assert.True((await poll).IsDone);
        Assert.Equal(2, network.Requests.Count);
        release.SetResult();
        Assert.Null(new MultiModal.Jimeng.Http.CloudResilienceOptions().HedgingDelay);
    }

    [Fact]
    public async Task Too_large_recordings_are_made_smaller_step_by_step()
    {
        using var file = new MemoryStream();
        MultiModal.Audio.WavFile.Write(file, Audio.AudioClip.FromInterleaved(new float[96000], new(48000, 2)));
        var sound = file.ToArray();
        var seen = new List<(string Type, int Rate, int Bytes)>();
        using var network = new ScriptedHandler(request =>
        {
            if (request.Uri.AbsolutePath == "/oauth/2.0/token")
                return Answer(request);
            var json = request.Headers["Content-Type"] == "application/json" ? System.Text.Json.Nodes.JsonNode.Parse(request.Text) : null;
            seen.Add(json is null ? (request.Headers["Content-Type"], 0, request.Body.Length) : ($"{json["format"]}", (int)json["rate"]!, (int)json["len"]!));
            if (json is null)
                Assert.Contains(request.Query, static pair => pair.Key == "token");
            return seen.Count < 4 ? ScriptedHandler.Html("<html>413</html>", HttpStatusCode.RequestEntityTooLarge) : ScriptedHandler.Json("""{"err_no":0,"result":["好"],"sn":"1"}""");
        });
        var text = await Clients.Baidu(network).RecognizeAsync(new(sound) { Format = SpeechFormat.Wav, AsGiven = true });
        Assert.Equal("好", text.Text);
        Assert.Equal([("wav", 48000, sound.Length), ("pcm", 16000, 32000), ("audio/pcm;rate=16000", 0, 32000), ("audio/pcm;rate=8000", 0, 16000)], seen);

        // What has no smaller form ends in the typed error.
        using var refusing = new ScriptedHandler(request => request.Uri.AbsolutePath == "/oauth/2.0/token" ? Answer(request) : ScriptedHandler.Html("", HttpStatusCode.RequestEntityTooLarge));
        var error = await Assert.ThrowsAsync<CloudApiException>(() => Clients.Baidu(refusing).RecognizeAsync(new(new byte[64]) { Format = SpeechFormat.Amr, Raw = true }));
        Assert.Equal((CloudErrorKind.PayloadTooLarge, 1), (error.Kind, error.Attempts));
    }

    static ScriptedHandler Network(ManualTimeProvider clock, List<TimeSpan> times, Func<int, HttpResponseMessage> answer)
    {
        var start = clock.GetUtcNow();
        return new(request =>
        {
            if (request.Uri.AbsolutePath == "/oauth/2.0/token")
                return Answer(request);
            times.Add(clock.GetUtcNow() - start);
            return answer(times.Count - 1);
        });
    }

    static HttpResponseMessage Answer(RecordedRequest request) =>
        request.Uri.AbsolutePath == "/oauth/2.0/token" ? ScriptedHandler.Json("""{"access_token":"24.t","expires_in":2592000}""") : ScriptedHandler.Json(Good);

    static async Task PassAsync(ManualTimeProvider clock, TimeSpan wait)
    {
        await clock.WaitForTimerAsync(wait);
        clock.Advance(wait);
    }
}
