using Microsoft.Extensions.DependencyInjection;
using MultiModal.AspNetCore.Jobs;
using MultiModal.AspNetCore.Limits;

namespace MultiModal.AspNetCore.Tests.Support;

/// <summary>Waits for what other threads do.</summary>
static class Eventually
{
    /// <summary>Waits until something holds; fails when it does not for half a minute, which no machine needs.</summary>
    public static async Task TrueAsync(Func<bool> holds, string? what = null)
    {
        for (var i = 0; i < 3000; i++)
        {
            if (holds())
                return;
            await Task.Delay(10);
        }

        Assert.Fail(what ?? "It never came true.");
    }

    public static bool IsBusy(this IServiceProvider services, string queue) =>
        services.GetRequiredService<EngineQueues>().All.Any(each => each.Name == queue && each.Running == each.Concurrency);

    /// <summary>Whether a live stream is open.</summary>
    public static bool IsStreaming(this IServiceProvider services) => services.GetRequiredService<EngineQueues>().All.Any(static queue => queue is { Name: "voice-streams", Running: > 0 });

    /// <summary>Whether nothing is under way and nobody waits.</summary>
    public static bool IsIdle(this IServiceProvider services) =>
        services.GetRequiredService<JobRunner>().Active == 0 && services.GetRequiredService<EngineQueues>().All.All(static queue => queue is { Running: 0, Waiting: 0 });
}
