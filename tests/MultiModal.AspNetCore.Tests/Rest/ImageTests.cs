using System.Net.Http.Json;
using System.Text;
using MultiModal.AspNetCore.Tests.Support;
using MultiModal.Images;

namespace MultiModal.AspNetCore.Tests.Rest;

public sealed class ImageTests
{
    [Fact]
    public async Task Pictures_come_as_JSON_or_as_a_file()
    {
        await using var host = await TestHost.StartAsync();
        var answer = await host.Client.PostAsJsonAsync("v1/images/generations", new { prompt = "a koi", seed = 7, count = 2, width = 24, height = 16 }).IsJsonAsync();
        Assert.Equal("painter", answer.GetProperty("model").GetString());
        var images = answer.GetProperty("images").EnumerateArray().ToList();
        Assert.Equal([7L, 8L], images.Select(static image => image.GetProperty("seed").GetInt64()));
        var decoded = PngCodec.Default.Decode(images[1].GetProperty("data").GetBytesFromBase64());
        Assert.Equal((24, 16, 8), (decoded.Width, decoded.Height, decoded.Pixels[0]));

        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/images/generations") { Content = JsonContent.Create(new { prompt = "a koi", seed = 9 }) };
        request.Headers.Accept.Add(new("image/png"));
        using var file = await host.Client.SendAsync(request);
        Assert.Equal("image/png", file.Content.Headers.ContentType!.MediaType);
        Assert.Equal("9", file.Headers.GetValues("X-Seed").Single());
        Assert.Equal(9, PngCodec.Default.Decode(await file.Content.ReadAsByteArrayAsync()).Pixels[0]);
    }

    [Fact]
    public async Task A_drawing_can_be_followed()
    {
        await using var host = await TestHost.StartAsync();
        host.Painter.BeforeStep = static (_, cancellationToken) => Task.Delay(40, cancellationToken);
        using var answer = await host.Client.SendAsync(
            ServerEvents.AskForEvents(HttpMethod.Post, "v1/images/generations", JsonContent.Create(new { prompt = "a koi", seed = 7, steps = 5, previewEvery = 2 })),
            HttpCompletionOption.ResponseHeadersRead);
        var events = await answer.ReadEventsAsync();
        Assert.Equal("completed", events[^1].Type);
        Assert.Single(events, static e => e.Type == "completed");
        Assert.Equal(7, PngCodec.Default.Decode(events[^1].Data.GetProperty("images")[0].GetProperty("data").GetBytesFromBase64()).Pixels[0]);
        Assert.Contains(events, static e => e.Type == "preview" && PngCodec.Default.Decode(e.Data.GetProperty("data").GetBytesFromBase64()).Width == 8);
        var progress = events.Where(static e => e.Type == "progress").Select(static e => e.Data.GetProperty("progress").GetDouble()).ToList();
        Assert.Equal(progress.Order(), progress);
        Assert.True(progress.Count >= 3, $"{progress.Count} steps were told.");
    }

    [Fact]
    public async Task Whoever_stops_following_stops_the_drawing()
    {
        await using var host = await TestHost.StartAsync();
        host.Painter.BeforeStep = static (step, cancellationToken) => step < 3 ? Task.CompletedTask : Task.Delay(Timeout.Infinite, cancellationToken);
        var answer = await host.Client.SendAsync(
            ServerEvents.AskForEvents(HttpMethod.Post, "v1/images/generations", JsonContent.Create(new { prompt = "a koi" })), HttpCompletionOption.ResponseHeadersRead);
        answer.Dispose();
        await Eventually.TrueAsync(() => host.Painter.Cancelled == 1 && host.Services.IsIdle());
    }

    [Fact]
    public async Task A_failure_is_told_without_internals_and_logged_with_them()
    {
        await using var host = await TestHost.StartAsync();
        var problem = await host.Client.PostAsJsonAsync("v1/images/generations", new { prompt = "explode" }).IsProblemAsync(500, "engine-failed");
        Assert.Contains("/srv/models/secret.safetensors", host.Log.All, StringComparison.Ordinal);
        Assert.NotEmpty(problem.GetProperty("traceId").GetString()!);
        await host.Client.PostAsJsonAsync("v1/images/generations", new { prompt = "a koi", width = 17 }).IsProblemAsync(400, "value-refused");

        using var answer = await host.Client.SendAsync(ServerEvents.AskForEvents(HttpMethod.Post, "v1/images/generations", JsonContent.Create(new { prompt = "explode" })));
        var last = (await answer.ReadEventsAsync())[^1];
        Assert.Equal(("failed", "engine-failed"), (last.Type, last.Data.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task Pictures_are_edited_with_and_without_a_mask()
    {
        await using var host = await TestHost.StartAsync();
        using var form = new MultipartFormDataContent
        {
            { new StringContent("at night"), "prompt" },
            { new StringContent("0.5"), "strength" },
            { Png(TestPainter.Colour(16, 8, 200)), "image", "a.png" },
            { Png(new ImageBuffer(16, 8, 1)), "mask", "m.png" },
        };
        var answer = await host.Client.PostAsync("v1/images/edits", form).IsJsonAsync();
        Assert.Equal(55, PngCodec.Default.Decode(answer.GetProperty("images")[0].GetProperty("data").GetBytesFromBase64()).Pixels[0]);
    }

    [Theory]
    [InlineData("""{"prompt":""}""", "prompt-empty")]
    [InlineData("""{"prompt":" "}""", "prompt-empty")]
    [InlineData("""{}""", "json-damaged")]
    [InlineData("", "json-damaged")]
    [InlineData("null", "json-damaged")]
    [InlineData("[]", "json-damaged")]
    [InlineData("""{"prompt":5}""", "json-damaged")]
    [InlineData("""{"prompt":null}""", "prompt-empty")]
    [InlineData("""{"prompt":"\ud800"}""", "json-damaged")]
    [InlineData("""{"prompt":"a","width":1e99}""", "json-damaged")]
    [InlineData("""{"prompt":"a","width":4}""", "size-range")]
    [InlineData("""{"prompt":"a","width":-8}""", "size-range")]
    [InlineData("""{"prompt":"a","width":1000000,"height":1000000}""", "size-range")]
    [InlineData("""{"prompt":"a","count":0}""", "count-range")]
    [InlineData("""{"prompt":"a","count":9}""", "count-range")]
    [InlineData("""{"prompt":"a","steps":0}""", "steps-range")]
    [InlineData("""{"prompt":"a","steps":100000}""", "steps-range")]
    [InlineData("""{"prompt":"a","guidance":-1}""", "guidance-range")]
    [InlineData("""{"prompt":"a","previewEvery":-1}""", "preview-range")]
    public async Task Requests_that_make_no_sense_are_refused(string json, string code)
    {
        await using var host = await TestHost.StartAsync();
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        await host.Client.PostAsync("v1/images/generations", content).IsProblemAsync(400, code);
    }

    [Fact]
    public async Task Bodies_of_other_kinds_and_sizes_are_refused()
    {
        await using var host = await TestHost.StartAsync();
        await host.Client.PostAsync("v1/images/generations", new StringContent("{}", Encoding.UTF8, "text/plain")).IsProblemAsync(415, "content-type");
        await host.Client.PostAsync("v1/images/generations", new StringContent($"{{\"prompt\":\"{new string('x', 100_000)}\"}}", Encoding.UTF8, "application/json")).IsProblemAsync(413, "too-large");
        await host.Client.PostAsync("v1/images/edits", new StringContent("x")).IsProblemAsync(415, "content-type");
        using var bomb = new MultipartFormDataContent { { new StringContent("x"), "prompt" }, { Png(new ImageBuffer(4096, 4096, 1)), "image", "a.png" } };
        await host.Client.PostAsync("v1/images/edits", bomb).IsProblemAsync(400, "image-damaged");
        using var uneven = new MultipartFormDataContent { { new StringContent("x"), "prompt" }, { Png(new ImageBuffer(16, 16, 1)), "image", "a.png" }, { Png(new ImageBuffer(8, 8, 1)), "mask", "m.png" } };
        await host.Client.PostAsync("v1/images/edits", uneven).IsProblemAsync(400, "mask-size");
    }

    [Fact]
    public async Task The_description_lists_the_endpoints_and_how_to_be_let_in()
    {
        await using var host = await TestHost.StartAsync();
        var document = await host.Client.GetAsync("v1/openapi.json").IsJsonAsync();
        Assert.StartsWith("3.1", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        var paths = document.GetProperty("paths");
        foreach (var path in new[] { "/v1/images/generations", "/v1/images/edits", "/v1/voice/conversions", "/v1/voices", "/v1/models", "/v1/jobs", "/v1/jobs/{id}", "/v1/jobs/{id}/events", "/v1/jobs/{id}/results/{number}" })
            Assert.True(paths.TryGetProperty(path, out _), path);
        Assert.Equal("bearer", document.GetProperty("components").GetProperty("securitySchemes").GetProperty("token").GetProperty("scheme").GetString());
        var body = document.GetProperty("components").GetProperty("schemas").GetProperty("ImageBody").GetProperty("properties");
        Assert.True(body.TryGetProperty("negativePrompt", out _));
        Assert.Contains("service Voice", await host.Client.GetStringAsync("v1/multimodal.proto"), StringComparison.Ordinal);
    }

    static ByteArrayContent Png(ImageBuffer image) => new(PngCodec.Default.Encode(image));
}
