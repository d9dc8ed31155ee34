using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using MultiModal.AspNetCore.Jobs;
using MultiModal.AspNetCore.Tests.Support;

namespace MultiModal.AspNetCore.Tests.Limits;

public sealed class ShutdownTests
{
    [Fact]
    public async Task What_is_under_way_and_what_waits_is_finished_before_the_host_ends()
    {
        await using var host = await TestHost.StartAsync();
        var release = new TaskCompletionSource();
        host.Voice.Before = _ => release.Task;
        var request = host.Client.PostAsync("v1/voice/conversions", Tones.WavContent());
        await Eventually.TrueAsync(() => host.Services.IsBusy("voice"));
        using var job = await host.Client.PostAsync("v1/jobs/voice", Tones.WavContent());
        Assert.Equal(HttpStatusCode.Accepted, job.StatusCode);

        var stopping = host.StopAsync();
        await Task.Delay(100);
        Assert.False(stopping.IsCompleted);
        release.SetResult();
        (await request).EnsureSuccessStatusCode();
        await stopping;
        Assert.Equal(2, host.Voice.Finished);
        Assert.Equal(0, host.Services.GetRequiredService<JobRunner>().Active);
    }

    [Fact]
    public async Task What_takes_too_long_is_cancelled_when_the_time_is_over()
    {
        await using var host = await TestHost.StartAsync();
        host.Painter.BeforeStep = static (_, cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);
        using var job = await host.Client.PostAsJsonAsync("v1/jobs/images", new { prompt = "a koi" });
        await Eventually.TrueAsync(() => host.Services.IsBusy("images"));
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        await host.StopAsync(patience.Token);
        await Eventually.TrueAsync(() => host.Painter.Cancelled == 1);
        Assert.Contains(host.Log.Warnings, static text => text.Contains("1 jobs are cancelled", StringComparison.Ordinal));
    }
}
