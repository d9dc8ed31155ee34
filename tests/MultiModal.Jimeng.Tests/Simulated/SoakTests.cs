using System.Collections.Concurrent;
using MultiModal.CloudSimulator.Faults;
using MultiModal.CloudSimulator.Media;
using MultiModal.Jimeng.Baidu;
using MultiModal.Jimeng.Tests.Support;
using MultiModal.Jimeng.Volcengine;

namespace MultiModal.Jimeng.Tests.Simulated;

public sealed class SoakTests
{
    const int Calls = 2000;
    const int Callers = 64;
    const int Seed = 20250102;

    [Fact]
    public async Task Of_2000_calls_under_20_percent_faults_none_is_lost_and_none_is_billed_twice()
    {
        await using var cloud = await SimulatedCloud.StartAsync(
            resilience: static o =>
            {
                // Waits are scaled down a hundredfold; time-outs are long against a loaded machine, and short against a drip.
                (o.BaseDelay, o.MaxDelay) = (TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(200));
                (o.AttemptTimeout, o.TotalTimeout) = (TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(60));
                o.CircuitMinimumAttempts = int.MaxValue;
            },
            jimeng: static o => o.MaxConcurrentTasks = Callers);
        var simulator = cloud.Simulator;
        simulator.Faults.ByChance(Seed, 0.2, FaultsOf);
        var outcomes = new ConcurrentDictionary<string, CloudApiException?>(StringComparer.Ordinal);
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            for (int i; (i = Interlocked.Increment(ref next)) < Calls;)
            {
                var (key, call) = Call(cloud, i);
                try
                {
                    await call();
                    Assert.True(outcomes.TryAdd(key, null));
                }
                catch (CloudApiException error)
                {
                    Assert.True(outcomes.TryAdd(key, error));
                }
            }
        })));

        // Every call ended, in success or in one typed error.
        Assert.Equal(Calls, outcomes.Count);
        var failures = outcomes.Where(static outcome => outcome.Value is not null).ToList();
        Assert.True(simulator.Faults.Injected > Calls / 5, $"seed {Seed}: {simulator.Faults.Injected} faults");
        Assert.True(failures.Count < Calls / 4, $"seed {Seed}: {failures.Count} calls failed");

        // None was billed twice, and none that succeeded was not billed.
        Assert.All(simulator.Ledger.Billed, static billed => Assert.True(billed.Value == 1, $"seed {Seed}: {billed.Key} was billed {billed.Value} times"));
        Assert.All(outcomes.Where(static outcome => outcome.Value is null), outcome => Assert.True(simulator.Ledger.Of(outcome.Key) == 1, $"seed {Seed}: {outcome.Key} succeeded unbilled"));
        Assert.All(failures, failure => Assert.True(
            failure.Key.StartsWith("task:", StringComparison.Ordinal) || failure.Value!.OutcomeUnknown || simulator.Ledger.Of(failure.Key) == 0,
            $"seed {Seed}: {failure.Key} was billed although its error says nothing was done: {failure.Value}"));
        Assert.All(failures, static failure => Assert.True(failure.Value!.Kind != CloudErrorKind.Unknown && failure.Value.Attempts > 0, failure.Value.ToString()));

        // One token in the beginning, and one for each expiry: however many callers met it.
        Assert.InRange(simulator.Ledger.TokensIssued, simulator.Ledger.TokenExpiries, simulator.Ledger.TokenExpiries + 1);
        Assert.True(simulator.Ledger.TokenExpiries > 5, $"seed {Seed}: {simulator.Ledger.TokenExpiries} expiries");
    }

    static (string Key, Func<Task> Call) Call(SimulatedCloud cloud, int i)
    {
        var name = $"第{i}号";
        switch (i % 4)
        {
            case 0:
                var sound = SimulatedSpeech.Pcm(name, 16000);
                return ($"asr:{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(sound))[..16]}", async () => Assert.Equal(name, (await cloud.Baidu.RecognizeAsync(new(sound))).Text));
            case 1:
                return ($"tts:{name}", async () => Assert.Equal(name, SimulatedSpeech.Understand((await cloud.Baidu.SynthesizeAsync(new(name))).Audio.Span)));
            case 2:
                return ($"censor:{name}", async () => Assert.True((await cloud.Baidu.CensorTextAsync(new(name))).IsPass));
            default:
                return ($"task:{name}", async () => Assert.Equal("image/png", Assert.Single((await cloud.Jimeng.GenerateAsync(new Jimeng40ImageRequest(name))).Files).MediaType));
        }
    }

    static IReadOnlyList<FaultKind> FaultsOf(string target) => target switch
    {
        "/oauth/2.0/token" => [],
        "CVSync2AsyncSubmitTask" => [.. Common, FaultKind.BadGatewayAfterWork, FaultKind.ClockSkew],
        "CVSync2AsyncGetResult" => [.. Common, FaultKind.ClockSkew],
        // A file has no end that could be missed and no vendor's code; its time-out is minutes long, for videos.
        ['/', 'f', 'i', 'l', 'e', 's', ..] => [.. Common.Except([FaultKind.VendorRateLimit, FaultKind.TruncatedJson, FaultKind.SlowDrip])],
        "/text2audio" => [.. Common.Except([FaultKind.TruncatedJson]), FaultKind.ExpiredToken],
        _ => [.. Common, FaultKind.ExpiredToken],
    };

    static readonly FaultKind[] Common =
    [
        FaultKind.TooManyRequests, FaultKind.TooManyRequestsRetryAfter, FaultKind.VendorRateLimit, FaultKind.BadGateway, FaultKind.Unavailable,
        FaultKind.ResetBeforeWork, FaultKind.ResetMidBody, FaultKind.SlowDrip, FaultKind.TruncatedJson,
    ];
}
