using System.Net;
using MultiModal.AspNetCore.Tests.Support;

namespace MultiModal.AspNetCore.Tests.Page;

public sealed class PageTests
{
    [Theory]
    [InlineData("/", "text/html")]
    [InlineData("/app.js", "text/javascript")]
    [InlineData("/audio.js", "text/javascript")]
    [InlineData("/recorder.js", "text/javascript")]
    [InlineData("/style.css", "text/css")]
    public async Task Its_files_need_no_credential_and_allow_nothing_foreign(string path, string type)
    {
        await using var host = await TestHost.StartAsync();
        using var answer = await host.Stranger.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(type, answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_may_be_anywhere_with_a_slash_at_the_end_or_without()
    {
        await using var host = await TestHost.StartAsync(map: static app => app.MapMultiModalPage("/studio/", "/api"));
        foreach (var path in new[] { "/studio", "/studio/" })
        {
            var html = await host.Stranger.GetStringAsync(path);
            Assert.Contains("src=\"/studio/app.js\"", html, StringComparison.Ordinal);
            Assert.Contains("data-prefix=\"/api\"", html, StringComparison.Ordinal);
        }

        (await host.Stranger.GetAsync("/studio/app.js")).EnsureSuccessStatusCode().Dispose();
    }

    [Fact]
    public async Task The_markup_keeps_to_its_policy_and_names_its_controls()
    {
        await using var host = await TestHost.StartAsync();
        var html = await host.Stranger.GetStringAsync("/");
        Assert.DoesNotContain("{base}", html, StringComparison.Ordinal);
        Assert.DoesNotContain("{prefix}", html, StringComparison.Ordinal);
        Assert.DoesNotContain(" style=", html, StringComparison.Ordinal);
        Assert.DoesNotContain(" onclick", html, StringComparison.OrdinalIgnoreCase);
        foreach (System.Text.RegularExpressions.Match control in System.Text.RegularExpressions.Regex.Matches(html, "<(?:input|select|textarea) id=\"([^\"]+)\""))
        {
            var id = control.Groups[1].Value;
            Assert.True(html.Contains($"for=\"{id}\"", StringComparison.Ordinal) || html.Contains($"<label class=\"file\"><input id=\"{id}\"", StringComparison.Ordinal), $"{id} has no label.");
        }
    }
}
