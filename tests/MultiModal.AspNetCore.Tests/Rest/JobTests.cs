using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MultiModal.AspNetCore.Jobs;
using MultiModal.AspNetCore.Tests.Support;
using MultiModal.Images;
using MultiModal.Testing.Time;

namespace MultiModal.AspNetCore.Tests.Rest;

public sealed class JobTests
{
    [Fact]
    public async Task A_job_is_begun_followed_and_fetched()
    {
        await using var host = await TestHost.StartAsync();
        host.Painter.BeforeStep = static (_, cancellationToken) => Task.Delay(20, cancellationToken);
        using var begun = await host.Client.PostAsJsonAsync("v1/jobs/images", new { prompt = "a koi", seed = 7, steps = 4, previewEvery = 1 });
        Assert.Equal(HttpStatusCode.Accepted, begun.StatusCode);
        var location = begun.Headers.Location!.ToString();

        using var following = await host.Client.SendAsync(ServerEvents.AskForEvents(HttpMethod.Get, location + "/events"), HttpCompletionOption.ResponseHeadersRead);
        var events = await following.ReadEventsAsync();
        Assert.Equal("completed", events[^1].Type);
        var job = await host.Client.GetAsync(location).IsJsonAsync();
        Assert.Equal(("succeeded", 1.0), (job.GetProperty("state").GetString(), job.GetProperty("progress").GetDouble()));
        Assert.True(job.GetProperty("expires").GetDateTimeOffset() > DateTimeOffset.UtcNow.AddMinutes(59));
        var result = job.GetProperty("results")[0];
        Assert.Equal("image/png", result.GetProperty("mediaType").GetString());
        Assert.Equal(7, PngCodec.Default.Decode(await host.Client.GetByteArrayAsync(result.GetProperty("href").GetString())).Pixels[0]);
        await host.Client.GetAsync(location + "/results/1").IsProblemAsync(404, "result-unknown");

        // Whoever follows a finished job is told its end at once.
        using var again = await host.Client.SendAsync(ServerEvents.AskForEvents(HttpMethod.Get, location + "/events"));
        Assert.Equal("completed", (await again.ReadEventsAsync())[^1].Type);
    }

    [Fact]
    public async Task Recordings_and_edits_are_jobs_too()
    {
        await using var host = await TestHost.StartAsync();
        using var voice = await host.Client.PostAsync("v1/jobs/voice?voice=alto", Tones.WavContent());
        var done = await EndAsync(host.Client, voice.Headers.Location!.ToString());
        Assert.Equal(4800, Tones.Read(await host.Client.GetByteArrayAsync(done.GetProperty("results")[0].GetProperty("href").GetString())).FrameCount);

        using var form = new MultipartFormDataContent { { new StringContent("at night"), "prompt" }, { new ByteArrayContent(PngCodec.Default.Encode(TestPainter.Colour(16, 8, 200))), "image", "a.png" } };
        using var edit = await host.Client.PostAsync("v1/jobs/image-edits", form);
        Assert.Equal("succeeded", (await EndAsync(host.Client, edit.Headers.Location!.ToString())).GetProperty("state").GetString());
        Assert.Equal(2, (await host.Client.GetAsync("v1/jobs").IsJsonAsync()).GetProperty("jobs").GetArrayLength());
    }

    [Fact]
    public async Task Jobs_of_others_do_not_exist()
    {
        await using var host = await TestHost.StartAsync();
        using var other = host.NewClient(TestHost.OtherKey.Key);
        using var begun = await host.Client.PostAsJsonAsync("v1/jobs/images", new { prompt = "a koi" });
        var location = begun.Headers.Location!.ToString();
        await other.GetAsync(location).IsProblemAsync(404, "job-unknown");
        await other.GetAsync(location + "/events").IsProblemAsync(404, "job-unknown");
        await other.GetAsync(location + "/results/0").IsProblemAsync(404, "job-unknown");
        await other.DeleteAsync(location).IsProblemAsync(404, "job-unknown");
        Assert.Equal(0, (await other.GetAsync("v1/jobs").IsJsonAsync()).GetProperty("jobs").GetArrayLength());
        await EndAsync(host.Client, location);
    }

    [Fact]
    public async Task A_job_is_cancelled_while_it_runs_and_while_it_waits()
    {
        await using var host = await TestHost.StartAsync();
        host.Painter.BeforeStep = static (_, cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);
        using var running = await host.Client.PostAsJsonAsync("v1/jobs/images", new { prompt = "a" });
        await Eventually.TrueAsync(() => host.Services.IsBusy("images"));
        using var waiting = await host.Client.PostAsJsonAsync("v1/jobs/images", new { prompt = "b" });
        await host.Client.GetAsync(waiting.Headers.Location + "/results/0").IsProblemAsync(409, "not-ready");
        using var following = await host.Client.SendAsync(
            ServerEvents.AskForEvents(HttpMethod.Get, waiting.Headers.Location + "/events"), HttpCompletionOption.ResponseHeadersRead);

        (await host.Client.DeleteAsync(waiting.Headers.Location)).EnsureSuccessStatusCode();
        Assert.Equal("cancelled", (await following.ReadEventsAsync())[^1].Type);
        (await host.Client.DeleteAsync(running.Headers.Location)).EnsureSuccessStatusCode();
        await Eventually.TrueAsync(() => host.Services.IsIdle());
        Assert.Equal(1, host.Painter.Cancelled);
        await host.Client.GetAsync(running.Headers.Location).IsProblemAsync(404, "job-unknown");
    }

    [Fact]
    public async Task A_full_queue_answers_429_and_when_to_come_back()
    {
        await using var host = await TestHost.StartAsync(options => options.Limits.Images = new() { Concurrency = 1, Length = 1 });
        var release = new TaskCompletionSource();
        host.Painter.BeforeStep = (_, _) => release.Task;
        using var first = await host.Client.PostAsJsonAsync("v1/jobs/images", new { prompt = "a" });
        await Eventually.TrueAsync(() => host.Services.IsBusy("images"));
        using var second = await host.Client.PostAsJsonAsync("v1/jobs/images", new { prompt = "b" });
        using (var third = await host.Client.PostAsJsonAsync("v1/images/generations", new { prompt = "c" }))
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, third.StatusCode);
            Assert.True(third.Headers.RetryAfter!.Delta >= TimeSpan.FromSeconds(1));
        }

        // Voices have a queue of their own.
        (await host.Client.PostAsync("v1/voice/conversions", Tones.WavContent())).EnsureSuccessStatusCode();
        release.SetResult();
        await EndAsync(host.Client, first.Headers.Location!.ToString());
        await EndAsync(host.Client, second.Headers.Location!.ToString());
        (await host.Client.PostAsJsonAsync("v1/images/generations", new { prompt = "c" })).EnsureSuccessStatusCode();
    }

    [Fact]
    public async Task Jobs_expire_and_are_counted_and_the_largest_do_not_stay_for_ever()
    {
        var time = new ManualTimeProvider(DateTimeOffset.UtcNow);
        await using var host = await TestHost.StartAsync(
            options =>
            {
                options.Jobs.MaximumPerCaller = 3;
                options.Jobs.MaximumResultBytes = 150;
                options.Jobs.KeepFor = TimeSpan.FromMinutes(10);
            },
            services => services.AddSingleton<TimeProvider>(time));
        List<string> locations = [];
        for (var i = 0; i < 3; i++)
        {
            using var begun = await host.Client.PostAsJsonAsync("v1/jobs/images", new { prompt = "a" });
            locations.Add(begun.Headers.Location!.ToString());
            await Eventually.TrueAsync(() => host.Services.IsIdle());
            time.Advance(TimeSpan.FromSeconds(1));
        }

        // A picture has about 70 bytes: the third pushed the first out.
        await host.Client.GetAsync(locations[0]).IsProblemAsync(404, "job-unknown");
        await host.Client.GetAsync(locations[2]).IsJsonAsync();
        using (var fourth = await host.Client.PostAsJsonAsync("v1/jobs/voice", new { }))
            Assert.Equal(HttpStatusCode.BadRequest, fourth.StatusCode);

        time.Advance(TimeSpan.FromMinutes(10));
        await host.Client.GetAsync(locations[2]).IsProblemAsync(404, "job-unknown");
        // Whoever is not asked after is forgotten by the next look around.
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, host.Services.GetRequiredService<JobRunner>().Kept);
    }

    [Fact]
    public async Task A_caller_has_so_many_jobs_and_no_more()
    {
        await using var host = await TestHost.StartAsync(options => options.Jobs.MaximumPerCaller = 2);
        using var one = await host.Client.PostAsJsonAsync("v1/jobs/images", new { prompt = "a" });
        using var two = await host.Client.PostAsJsonAsync("v1/jobs/images", new { prompt = "a" });
        await host.Client.PostAsJsonAsync("v1/jobs/images", new { prompt = "a" }).IsProblemAsync(429, "too-many-jobs");
        (await host.Client.DeleteAsync(one.Headers.Location)).EnsureSuccessStatusCode();
        using var three = await host.Client.PostAsJsonAsync("v1/jobs/images", new { prompt = "a" });
        Assert.Equal(HttpStatusCode.Accepted, three.StatusCode);
    }

    static async Task<JsonElement> EndAsync(HttpClient client, string location)
    {
        for (var i = 0; i < 1000; i++)
        {
            var job = await client.GetAsync(location).IsJsonAsync();
            if (job.GetProperty("state").GetString() is "succeeded" or "failed" or "cancelled")
                return job;
            await Task.Delay(10);
        }

        throw new TimeoutException("The job did not end.");
    }
}
