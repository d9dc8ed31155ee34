using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using MultiModal.AspNetCore.Grpc.Messages;
using MultiModal.AspNetCore.Jobs;
using MultiModal.AspNetCore.Tests.Support;

namespace MultiModal.AspNetCore.Tests.Hostile;

/// <summary>
/// Clients at the queue's limit, most of which vanish in the middle of what they asked for. For MULTIMODAL_SOAK seconds, 4 by default. Afterwards nothing is
/// left of them: no work, no place in a queue, no socket, no memory that grows with their number.
/// </summary>
public sealed class SoakTests
{
    const int Workers = 12;
    static readonly TimeSpan Duration = TimeSpan.FromSeconds(
        int.TryParse(Environment.GetEnvironmentVariable("MULTIMODAL_SOAK"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : 4);

    [Fact]
    public async Task Clients_that_vanish_at_the_limit_of_the_queue_leave_nothing_behind()
    {
        await using var host = await TestHost.StartAsync(options =>
        {
            options.Limits.Images = new() { Concurrency = 2, Length = 2 };
            options.Limits.Voice = new() { Concurrency = 2, Length = 2 };
            options.Limits.VoiceStreams = new() { Concurrency = 2, Length = 0 };
        });
        host.Painter.BeforeStep = static (_, cancellationToken) => Task.Delay(5, cancellationToken);
        host.Voice.Before = static cancellationToken => Task.Delay(10, cancellationToken);
        var tally = new Tally();

        // The first round fills pools and compiles code: what it leaves is not a leak.
        await RoundAsync(host, tally, TimeSpan.FromSeconds(Math.Min(2, Duration.TotalSeconds)), 0);
        var (memoryBefore, socketsBefore) = await LookAsync(host);
        await RoundAsync(host, tally, Duration, 1000);
        var (memoryAfter, socketsAfter) = await LookAsync(host, socketsBefore + 16);

        Assert.True(tally is { Served: > 10, Vanished: > 10, Busy: > 10 }, tally.ToString());
        Assert.Equal(0, tally.Broken);
        Assert.Empty(host.Log.Errors);
        Assert.True(memoryAfter < memoryBefore + (16 << 20), $"{memoryBefore >> 10} KiB before, {memoryAfter >> 10} KiB after: {tally}");
        Assert.True(socketsAfter <= socketsBefore + 16, $"{socketsBefore} files and sockets before, {socketsAfter} after: {tally}");

        // Every place is free again: as many at once as before, none refused.
        var all = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => host.Client.PostAsync("v1/voice/conversions", Tones.WavContent())));
        Assert.All(all, static answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Console.WriteLine($"Soak of {Duration.TotalSeconds:0} s: {tally}; {memoryBefore >> 10} KiB before, {memoryAfter >> 10} KiB after; files and sockets {socketsBefore}, {socketsAfter}.");
    }

    static async Task RoundAsync(TestHost host, Tally tally, TimeSpan duration, int seed)
    {
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(async () =>
        {
            var random = new Random(seed + worker);
            while (watch.Elapsed < duration)
            {
                // A client of its own: it vanishes with its connections.
                using var client = host.NewClient(TestHost.ApiKey.Key);
                using var leaving = new CancellationTokenSource();
                if (random.Next(3) > 0)
                    leaving.CancelAfter(random.Next(1, 40));
                try
                {
                    tally.Count(await AskAsync(host, client, random, leaving.Token).WaitAsync(TimeSpan.FromSeconds(30), CancellationToken.None));
                }
                catch (TimeoutException)
                {
                    Interlocked.Increment(ref tally.Broken);
                }
                catch (Exception error) when (error is OperationCanceledException or HttpRequestException or WebSocketException or IOException)
                {
                    Interlocked.Increment(ref tally.Vanished);
                }
            }
        })));
    }

    static async Task<int> AskAsync(TestHost host, HttpClient client, Random random, CancellationToken leaving)
    {
        switch (random.Next(6))
        {
            case 0:
                using (var answer = await client.PostAsync("v1/voice/conversions", Tones.WavContent(), leaving))
                    return (int)answer.StatusCode;
            case 1:
                using (var answer = await client.PostAsJsonAsync("v1/images/generations", new { prompt = "a koi" }, leaving))
                    return (int)answer.StatusCode;
            case 2:
                using (var request = ServerEvents.AskForEvents(HttpMethod.Post, "v1/images/generations", JsonContent.Create(new { prompt = "a koi", previewEvery = 1 })))
                using (var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, leaving))
                {
                    await answer.Content.ReadAsByteArrayAsync(leaving);
                    return (int)answer.StatusCode;
                }

            case 3:
                using (var answer = await client.PostAsJsonAsync("v1/jobs/images", new { prompt = "a koi" }, leaving))
                {
                    if (answer.Headers.Location is { } job)
                        using (await client.DeleteAsync(job, CancellationToken.None))
                            return (int)answer.StatusCode;
                    return (int)answer.StatusCode;
                }

            case 4:
                using (var grpc = new GrpcClient(host.Http2Address, TestHost.ApiKey.Key))
                {
                    var message = new ConvertRequest { Audio = new() { Data = ByteString.CopyFrom(new byte[960]), SampleRate = 48000 } };
                    var answer = await grpc.CallAsync("Voice/Convert", new ByteArrayContent(GrpcClient.Frame(message.ToByteArray())), null, leaving);
                    return answer.Status switch { 0 => 200, 8 => 429, _ => 500 };
                }

            default:
                using (var socket = new ClientWebSocket())
                {
                    socket.Options.SetRequestHeader("X-Api-Key", TestHost.ApiKey.Key);
                    socket.Options.CollectHttpResponseDetails = true;
                    try
                    {
                        await socket.ConnectAsync(new($"ws://127.0.0.1:{host.Address.Port}/v1/voice/stream"), leaving);
                    }
                    catch (WebSocketException) when (socket.HttpStatusCode == HttpStatusCode.TooManyRequests)
                    {
                        return 429;
                    }

                    for (var i = 0; i < 5; i++)
                        await socket.SendAsync(new byte[1920], WebSocketMessageType.Binary, true, leaving);
                    // It goes without a word.
                    return 200;
                }
        }
    }

    static async Task<(long Memory, int Sockets)> LookAsync(TestHost host, int goal = int.MaxValue)
    {
        await Eventually.TrueAsync(() => host.Services.IsIdle(), "Work of vanished clients goes on.");
        foreach (var job in host.Services.GetRequiredService<JobRunner>().Of("key:tester").ToList())
            host.Services.GetRequiredService<JobRunner>().Remove(job);
        // Sockets are closed behind the scenes: so long as their number falls, or is above what it was, a while is given to that.
        var (sockets, steady) = (int.MaxValue, 0);
        for (var i = 0; i < 150 && (steady < 10 || sockets > goal); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await Task.Delay(100);
            var now = OpenFiles();
            steady = now < sockets ? 0 : steady + 1;
            sockets = now;
        }

        return (GC.GetTotalMemory(forceFullCollection: true), OpenFiles());
    }

    static int OpenFiles() => Directory.Exists("/proc/self/fd") ? Directory.GetFileSystemEntries("/proc/self/fd").Length : 0;

    sealed class Tally
    {
        public int Served, Busy, Vanished, Broken;

        public void Count(int status)
        {
            if (status is 429)
                Interlocked.Increment(ref Busy);
            else if (status is >= 200 and < 300)
                Interlocked.Increment(ref Served);
            else
                Interlocked.Increment(ref Broken);
        }

        public override string ToString() => $"{Served} served, {Busy} refused as busy, {Vanished} vanished, {Broken} broken";
    }
}
