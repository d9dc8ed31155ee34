using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using MultiModal.CloudSimulator.Faults;
using MultiModal.Jimeng.Baidu;
using MultiModal.Jimeng.Http;
using MultiModal.Jimeng.Tests.Support;
using MultiModal.Jimeng.Volcengine;

namespace MultiModal.Jimeng.Tests.Http;

public sealed class SecrecyTests
{
    [Fact]
    public async Task Logs_and_errors_of_good_and_bad_calls_hold_no_key_and_no_token()
    {
        using var log = new CapturedLog();
        await using var cloud = await SimulatedCloud.StartAsync(log: log, resilience: static o => o.MaxRateLimitRetries = 1);
        var errors = new List<string>();
        foreach (var fault in (FaultKind?[])[null, FaultKind.TooManyRequests, FaultKind.BadGateway, FaultKind.ResetMidBody, FaultKind.TruncatedJson, FaultKind.ExpiredToken, FaultKind.PayloadTooLarge])
        {
            foreach (var (target, call) in Calls(cloud))
            {
                if (fault is { } kind)
                    cloud.Simulator.Faults.Next(target, [kind, kind, kind, kind]);
                try
                {
                    await call();
                }
                catch (CloudApiException error)
                {
                    errors.Add($"{error} {error.ResponseBody} {error.Advice} {error.Meaning}");
                }
            }
        }

        Assert.NotEmpty(errors);
        Assert.NotEmpty(log.Lines);
        var options = cloud.Simulator.Options;
        foreach (var secret in (string[])[options.BaiduApiKey, options.BaiduSecretKey, options.BearerKey, options.VolcAccessKey, options.VolcSecretKey, "access_token=", "24."])
        {
            Assert.DoesNotContain(secret, log.Text, StringComparison.Ordinal);
            Assert.All(errors, error => Assert.DoesNotContain(secret, error, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task What_a_service_echoes_is_scrubbed()
    {
        using var network = new ScriptedHandler(request => request.Uri.AbsolutePath == "/oauth/2.0/token"
            ? ScriptedHandler.Json("""{"access_token":"secret-token-1234","expires_in":100}""")
            : ScriptedHandler.Json($$"""{"error_code":3,"error_msg":"bad request {{request.Uri}} of {{Clients.ApiKey}}/{{Clients.SecretKey}} with secret-token-1234"}"""));
        var error = await Assert.ThrowsAsync<CloudApiException>(() => Clients.Baidu(network).CensorTextAsync(new("x")));
        foreach (var secret in (string[])[Clients.ApiKey, Clients.SecretKey, "secret-token-1234"])
            Assert.DoesNotContain(secret, $"{error} {error.ResponseBody}", StringComparison.Ordinal);
        Assert.Contains("***", error.ResponseBody, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_and_clients_show_no_keys_as_text()
    {
        using var network = new ScriptedHandler(_ => new(HttpStatusCode.OK));
        var text = $"{new BaiduAIOptions { ApiKey = "kkkk", SecretKey = "ssss" }} {new JimengOptions { AccessKeyId = "kkkk", SecretAccessKey = "ssss" }} {Clients.Baidu(network)} {Clients.Jimeng(network)}";
        Assert.DoesNotContain("kkkk", text, StringComparison.Ordinal);
        Assert.DoesNotContain("ssss", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_https_is_used_except_on_loopback()
    {
        using var network = new ScriptedHandler(_ => ScriptedHandler.Bytes([1], "image/png"));
        Assert.Throws<OptionsValidationException>(() => Clients.Baidu(network, static o => o.AipEndpoint = new("http://aip.baidubce.com")));
        Assert.Throws<OptionsValidationException>(() => Clients.Jimeng(network, static o => o.Endpoint = new("http://visual.volcengineapi.com")));
        Assert.Throws<OptionsValidationException>(() => Clients.Jimeng(network, static o => o.AccessKeyId = null));
        var client = Clients.Baidu(network, static o => o.AipEndpoint = new("http://127.0.0.1:1/"));
        // A vendor's http address is fetched by https.
        Assert.Equal("https", (await client.DownloadAsync(new Uri("http://bj.example.com/a.png"))).Source!.Scheme);
        Assert.Equal("https://bj.example.com/a.png", network.Requests[^1].Uri.AbsoluteUri);
        Assert.Equal(CloudErrorKind.InvalidInput, (await Assert.ThrowsAsync<CloudApiException>(() => client.DownloadAsync(new Uri("ftp://example.com/a")))).Kind);
    }

    [Fact]
    public void Redaction_knows_the_shapes_of_secrets()
    {
        Assert.Equal("https://h/p?***", Redaction.Of(new Uri("https://user:pw@h/p?access_token=1#f")));
        Assert.Equal("a=1 access_token=*** client_secret=*** end", Redaction.Of("a=1 access_token=24.abc client_secret=xyz end", []));
        Assert.Equal("Bearer ***", Redaction.Of("Bearer bce-v3/ALTAK-x/y", []));
        Assert.DoesNotContain("user", Redaction.Of(new Uri("https://user:pw@h/p")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hosts_can_replace_the_resilience_and_put_handlers_around_it()
    {
        using var network = new ScriptedHandler(request => request.Uri.AbsolutePath == "/oauth/2.0/token" ? ScriptedHandler.Json("""{"access_token":"t","expires_in":100}""") : ScriptedHandler.Json("""{"error_code":18,"error_msg":"qps"}"""));
        var seen = new List<CloudErrorKind?>();
        await using var provider = Clients.Provider(services => services
            .AddBaiduAI(o => (o.ApiKey, o.SecretKey) = (Clients.ApiKey, Clients.SecretKey))
            .ConfigurePrimaryHttpMessageHandler(() => network)
            .RemoveCloudResilience()
            .AddOuterHandler(_ => new Watch(seen)));
        var error = await Assert.ThrowsAsync<CloudApiException>(() => provider.GetRequiredService<IBaiduAIClient>().CensorTextAsync(new("x")));
        Assert.Equal("18", error.Code);
        Assert.Equal(2, network.Requests.Count);
        Assert.Contains(CloudErrorKind.RateLimited, seen);
    }

    [Fact]
    public async Task Several_clients_and_fakes_live_side_by_side()
    {
        await using var provider = Clients.Provider(services =>
        {
            services.AddBaiduAI("a", static o => (o.ApiKey, o.SecretKey) = ("aaaa", "bbbb"));
            services.AddBaiduAI("b", static o => o.AccessToken = "cccc");
            services.AddJimeng(static o => (o.AccessKeyId, o.SecretAccessKey) = ("a", "b"));
        });
        Assert.NotSame(provider.GetRequiredKeyedService<IBaiduAIClient>("a"), provider.GetRequiredKeyedService<IBaiduAIClient>("b"));
        Assert.Same(provider.GetRequiredService<IJimengClient>(), provider.GetRequiredService<IJimengClient>());
        Assert.NotNull(BaiduAIClient.Create(new() { ApiKey = "k", SecretKey = "s" }));
        Assert.Throws<OptionsValidationException>(() => JimengClient.Create(new()));
        BaiduAIClient fake = new Fake();
        Assert.Equal("fake", (await fake.RecognizeAsync(new(new byte[8]))).Text);
    }

    static IEnumerable<(string Target, Func<Task> Call)> Calls(SimulatedCloud cloud)
    {
        yield return ("/rest/2.0/solution", () => cloud.Baidu.CensorTextAsync(new("一")));
        yield return ("/server_api", () => cloud.Baidu.RecognizeAsync(new(new byte[64])));
        yield return ("/text2audio", () => cloud.Baidu.SynthesizeAsync(new("一")));
        yield return ("/v2/chat", () => cloud.Baidu.Chat.CompleteAsync(new(Chat.ChatTurn.User("一"))));
        yield return ("CVProcess", () => cloud.Jimeng.GenerateAsync(new Jimeng21ImageRequest("一")));
    }

    sealed class Watch(List<CloudErrorKind?> seen) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            seen.Add(CloudResponse.GetErrorKind(response));
            return response;
        }
    }

    sealed class Fake : BaiduAIClient
    {
        public override Task<Jimeng.Baidu.Speech.SpeechRecognition> RecognizeAsync(Jimeng.Baidu.Speech.SpeechRecognitionRequest request, CancellationToken cancellationToken = default) =>
            Task.FromResult(new Jimeng.Baidu.Speech.SpeechRecognition { Candidates = ["fake"] });
    }
}
