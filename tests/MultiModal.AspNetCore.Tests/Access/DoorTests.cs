using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Options;
using MultiModal.AspNetCore.Tests.Support;

namespace MultiModal.AspNetCore.Tests.Access;

public sealed class DoorTests
{
    [Fact]
    public async Task Without_any_setting_nobody_is_let_in_and_the_log_says_why()
    {
        await using var host = await TestHost.StartAsync(options => options.Access.ApiKeys.Clear());
        var problem = await host.Stranger.GetAsync("v1/models").IsProblemAsync(401, "unauthorized");
        Assert.Contains("Nobody is let in", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains(host.Log.Warnings, text => text.Contains("Nobody is let in", StringComparison.Ordinal));
        await host.Client.GetAsync("v1/models").IsProblemAsync(401, "unauthorized");
    }

    [Fact]
    public async Task Everybody_is_let_in_where_that_is_said_but_not_with_a_wrong_credential()
    {
        await using var host = await TestHost.StartAsync(options => options.Access.AllowAnonymous = true);
        await host.Stranger.GetAsync("v1/models").IsJsonAsync();
        using var wrong = host.NewClient("mmk_wrong");
        await wrong.GetAsync("v1/models").IsProblemAsync(401, "unauthorized");
    }

    [Fact]
    public async Task Tokens_and_keys_let_in_and_challenges_follow_the_standard()
    {
        using var tokens = new Tokens();
        await using var host = await TestHost.StartAsync(tokens.Configure);
        await host.Client.GetAsync("v1/models").IsJsonAsync();
        foreach (var (algorithm, kid) in new[] { ("HS256", "hs"), ("RS256", "rs"), ("ES256", "es") })
            await Send(host, tokens.Make(algorithm, kid)).IsJsonAsync();

        using (var nothing = await host.Stranger.GetAsync("v1/models"))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, nothing.StatusCode);
            Assert.Equal("Bearer", nothing.Headers.WwwAuthenticate.ToString());
        }

        using (var wrong = await Send(host, tokens.Make("none")))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
            Assert.Equal("Bearer error=\"invalid_token\"", wrong.Headers.WwwAuthenticate.ToString());
        }

        using var both = new HttpRequestMessage(HttpMethod.Get, "v1/models");
        both.Headers.Add("Authorization", $"Bearer {tokens.Make()}");
        await host.Client.SendAsync(both).IsProblemAsync(401, "unauthorized");
    }

    [Fact]
    public async Task An_address_off_the_list_is_refused_before_anything_else()
    {
        await using var host = await TestHost.StartAsync(options => options.Network.Allowed.Add("192.0.2.0/24"));
        await host.Client.GetAsync("v1/models").IsProblemAsync(403, "address-refused");
        await host.Stranger.GetAsync("v1/models").IsProblemAsync(403, "address-refused");
        await host.Stranger.GetAsync("/").IsProblemAsync(403, "address-refused");
    }

    [Fact]
    public async Task The_forwarding_header_counts_from_trusted_proxies_alone()
    {
        static HttpRequestMessage From(string forwarded)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, "v1/models");
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", forwarded);
            return request;
        }

        await using (var direct = await TestHost.StartAsync(options => options.Network.Allowed.Add("192.0.2.0/24")))
            await direct.Client.SendAsync(From("192.0.2.1")).IsProblemAsync(403, "address-refused");

        await using var behind = await TestHost.StartAsync(options =>
        {
            options.Network.Allowed.Add("192.0.2.0/24");
            options.Network.TrustedProxies.Add("127.0.0.1");
        });
        await behind.Client.SendAsync(From("192.0.2.1")).IsJsonAsync();
        await behind.Client.SendAsync(From("192.0.2.1, 203.0.113.9")).IsProblemAsync(403, "address-refused");
        await behind.Client.SendAsync(From("203.0.113.9, 192.0.2.1")).IsJsonAsync();
        await behind.Client.SendAsync(From("nonsense")).IsProblemAsync(403, "address-unknown");
    }

    [Fact]
    public async Task Pages_of_other_origins_are_refused()
    {
        static HttpRequestMessage From(string origin)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, "v1/models");
            request.Headers.Add("Origin", origin);
            return request;
        }

        await using var host = await TestHost.StartAsync(options => options.Access.AllowedOrigins.Add("https://studio.example"));
        await host.Client.SendAsync(From($"http://127.0.0.1:{host.Address.Port}")).IsJsonAsync();
        await host.Client.SendAsync(From("https://studio.example")).IsJsonAsync();
        await host.Client.SendAsync(From("https://evil.example")).IsProblemAsync(403, "origin-refused");
        await host.Client.SendAsync(From("null")).IsProblemAsync(403, "origin-refused");
        await host.Client.SendAsync(From("http://127.0.0.1:1")).IsProblemAsync(403, "origin-refused");
    }

    [Fact]
    public async Task Mistakes_in_the_options_are_found_at_the_start_all_at_once()
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => TestHost.StartAsync(options =>
        {
            options.Access.Jwt.Keys.Add(new() { Id = "short", Algorithm = "HS256", Secret = "c2hvcnQ=" });
            options.Access.ApiKeys.Add(new() { Name = "", Hash = "1234" });
            options.Network.Allowed.Add("10.0.0.1/8");
            options.Limits.Voice.Concurrency = 0;
            options.Access.AllowedOrigins.Add("studio.example");
        }));
        foreach (var setting in new[] { "32 bytes", "Issuers", "Audiences", "ApiKeys[2] needs", "ApiKeys[2].Hash", "'10.0.0.1/8'", "Limits.Voice.Concurrency", "studio.example" })
            Assert.Contains(setting, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("c2hvcnQ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("RS256", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----")]
    [InlineData("ES256", "nonsense")]
    [InlineData("HS256", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----")]
    [InlineData("none", "x")]
    public async Task A_key_that_cannot_be_used_is_found_at_the_start(string algorithm, string pem)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => TestHost.StartAsync(options =>
        {
            options.Access.Jwt.Issuers.Add("i");
            options.Access.Jwt.Audiences.Add("a");
            options.Access.Jwt.Keys.Add(new() { Id = "k1", Algorithm = algorithm, Pem = pem });
        }));
        Assert.Contains("'k1'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_private_key_has_no_place_here()
    {
        using var tokens = new Tokens();
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => TestHost.StartAsync(options =>
        {
            options.Access.Jwt.Issuers.Add("i");
            options.Access.Jwt.Audiences.Add("a");
            options.Access.Jwt.Keys.Add(new() { Algorithm = "RS256", Pem = tokens.Rsa.ExportPkcs8PrivateKeyPem() });
        }));
        Assert.Contains("private", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Mapping_without_the_services_says_what_to_call()
    {
        var app = WebApplication.CreateSlimBuilder().Build();
        Assert.Contains("AddMultiModalHost", Assert.Throws<InvalidOperationException>(() => app.MapMultiModal()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_many_requests_of_one_address_are_refused_for_a_while()
    {
        await using var host = await TestHost.StartAsync(options => options.Limits.RequestsPerSecondAndAddress = 1);
        var refused = 0;
        for (var i = 0; i < 10; i++)
        {
            using var answer = await host.Stranger.GetAsync("v1/models");
            if (answer.StatusCode != HttpStatusCode.TooManyRequests)
                continue;
            refused++;
            Assert.True(answer.Headers.RetryAfter?.Delta >= TimeSpan.FromSeconds(1));
        }

        Assert.True(refused >= 5, $"{refused} of 10 were refused.");
    }

    [Fact]
    public async Task Too_many_requests_of_one_caller_do_not_hinder_others()
    {
        await using var host = await TestHost.StartAsync(options => options.Limits.RequestsPerSecondAndCaller = 1);
        using var other = host.NewClient(TestHost.OtherKey.Key);
        for (var i = 0; i < 5; i++)
            (await host.Client.GetAsync("v1/models")).Dispose();
        await host.Client.GetAsync("v1/models").IsProblemAsync(429, "too-many-requests");
        await other.GetAsync("v1/models").IsJsonAsync();
    }

    static Task<HttpResponseMessage> Send(TestHost host, string token)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "v1/models");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        return host.Stranger.SendAsync(request);
    }
}
