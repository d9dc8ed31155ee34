using System.Net;
using MultiModal.Jimeng.Tests.Support;
using MultiModal.Testing.Time;

namespace MultiModal.Jimeng.Tests.Baidu;

public sealed class TokenTests
{
    const string Good = """{"log_id":1,"conclusionType":1}""";

    [Fact]
    public async Task A_token_is_fetched_once_however_many_ask()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var network = new ScriptedHandler(Server(static _ => Good)) { Before = (request, _) => IsToken(request) ? gate.Task : Task.CompletedTask };
        var client = Clients.Baidu(network);
        using var impatient = new CancellationTokenSource();
        var first = client.CensorTextAsync(new("x"), impatient.Token);
        var calls = Enumerable.Range(0, 50).Select(_ => client.CensorTextAsync(new("x"))).ToList();
        // The first caller leaves; the others keep the token that it had asked for.
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        gate.SetResult();
        await Task.WhenAll(calls);
        Assert.Single(network.Requests, IsToken);
    }

    [Fact]
    public async Task A_token_is_renewed_at_nine_tenths_of_its_life_or_five_minutes_before_its_end()
    {
        foreach (var (life, renewed) in ((int, int)[])[(100, 90), (86400, 86100), (2592000, 2591700)])
        {
            var clock = new ManualTimeProvider();
            using var network = new ScriptedHandler(Server(static _ => Good, life));
            var client = Clients.Baidu(network, time: clock);
            await client.CensorTextAsync(new("x"));
            clock.Advance(TimeSpan.FromSeconds(renewed - 1));
            await client.CensorTextAsync(new("x"));
            Assert.Single(network.Requests, IsToken);
            clock.Advance(TimeSpan.FromSeconds(1));
            await client.CensorTextAsync(new("x"));
            Assert.Equal(2, network.Requests.Count(IsToken));
        }
    }

    [Fact]
    public async Task A_failed_early_renewal_leaves_the_old_token_in_use()
    {
        var clock = new ManualTimeProvider();
        var down = false;
        using var network = new ScriptedHandler(request => down && IsToken(request) ? ScriptedHandler.Json("""{"error_code":6,"error_msg":"no"}""") : Server(static _ => Good, 100)(request));
        var client = Clients.Baidu(network, time: clock);
        await client.CensorTextAsync(new("x"));
        (down, _) = (true, 0);
        clock.Advance(TimeSpan.FromSeconds(95));
        Assert.True((await client.CensorTextAsync(new("x"))).IsPass);
        clock.Advance(TimeSpan.FromSeconds(5));
        await Assert.ThrowsAsync<CloudApiException>(() => client.CensorTextAsync(new("x")));
    }

    [Theory]
    [InlineData("""{"error_code":110,"error_msg":"invalid"}""")]
    [InlineData("""{"error_code":"111","error_msg":"expired"}""")]
    [InlineData("""{"error_code":100,"error_msg":"Invalid parameter"}""")]
    public async Task A_refused_token_is_renewed_once(string refusal)
    {
        using var network = new ScriptedHandler(Server(uri => uri.Query.Contains("token-1", StringComparison.Ordinal) ? refusal : Good));
        Assert.True((await Clients.Baidu(network).CensorTextAsync(new("x"))).IsPass);
        Assert.Equal(2, network.Requests.Count(IsToken));

        using var stubborn = new ScriptedHandler(Server(_ => refusal));
        var error = await Assert.ThrowsAsync<CloudApiException>(() => Clients.Baidu(stubborn).CensorTextAsync(new("x")));
        Assert.Equal(CloudErrorKind.Authentication, error.Kind);
        Assert.Equal((2, 2), (stubborn.Requests.Count(IsToken), stubborn.Requests.Count(static request => !IsToken(request))));
    }

    [Fact]
    public async Task Speech_hosts_renew_on_their_own_codes_but_not_again_and_again()
    {
        var clock = new ManualTimeProvider();
        using var network = new ScriptedHandler(Server(static uri => uri.AbsolutePath == "/text2audio" ? """{"err_no":502,"err_msg":"token"}""" : """{"err_no":3302,"err_msg":"authentication failed."}"""));
        var client = Clients.Baidu(network, time: clock);
        await Assert.ThrowsAsync<CloudApiException>(() => client.RecognizeAsync(new(new byte[64])));
        Assert.Equal(2, network.Requests.Count(IsToken));
        // A fresh token met the same code: it is not the token. For ten minutes it is left alone.
        await Assert.ThrowsAsync<CloudApiException>(() => client.SynthesizeAsync(new("x")));
        await Assert.ThrowsAsync<CloudApiException>(() => client.RecognizeAsync(new(new byte[64])));
        Assert.Equal(2, network.Requests.Count(IsToken));
        clock.Advance(TimeSpan.FromMinutes(11));
        await Assert.ThrowsAsync<CloudApiException>(() => client.RecognizeAsync(new(new byte[64])));
        Assert.Equal(3, network.Requests.Count(IsToken));
    }

    [Fact]
    public async Task Token_errors_are_read_whatever_their_status()
    {
        foreach (var status in (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.BadRequest, HttpStatusCode.Unauthorized])
        {
            using var network = new ScriptedHandler(_ => ScriptedHandler.Json("""{"error":"invalid_client","error_description":"unknown client id"}""", status));
            var error = await Assert.ThrowsAsync<CloudApiException>(() => Clients.Baidu(network).CensorTextAsync(new("x")));
            Assert.Equal((CloudErrorKind.Authentication, "invalid_client"), (error.Kind, error.Code));
            Assert.Single(network.Requests);
        }
    }

    static Func<RecordedRequest, HttpResponseMessage> Server(Func<Uri, string> answer, int life = 2592000)
    {
        var count = 0;
        return request => IsToken(request)
            ? ScriptedHandler.Json($$"""{"access_token":"token-{{Interlocked.Increment(ref count)}}","expires_in":{{life}}}""")
            : ScriptedHandler.Json(answer(request.Uri));
    }

    static bool IsToken(RecordedRequest request) => request.Uri.AbsolutePath == "/oauth/2.0/token";
}
