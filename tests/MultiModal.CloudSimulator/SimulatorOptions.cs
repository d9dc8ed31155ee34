namespace MultiModal.CloudSimulator;

/// <summary>The keys the simulator accepts and the limits it keeps. All keys are made up.</summary>
public sealed class SimulatorOptions
{
    public int Port { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public string BaiduApiKey { get; init; } = "simApiKey0123456789abcd";

    public string BaiduSecretKey { get; init; } = "simSecretKey0123456789abcdefghij";

    public string BaiduAppId { get; init; } = "10555017";

    public string BearerKey { get; init; } = "bce-v3/ALTAK-simulated0001/0123456789abcdef0123456789abcdef";

    public string VolcAccessKey { get; init; } = "AKLTsimulated000000000000000000000000000001";

    public string VolcSecretKey { get; init; } = "c2ltdWxhdGVkLXNlY3JldC1rZXktMDAwMQ==";

    public string? VolcSessionToken { get; init; }

    public TimeSpan TokenLifetime { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How far a signature's time may be from the simulator's.</summary>
    public TimeSpan SignatureWindow { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Requests a second and path; more are refused by the vendor's own code.</summary>
    public int? QueriesPerSecond { get; init; }

    /// <summary>Requests in all; more are refused as a used-up quota.</summary>
    public int? Quota { get; init; }

    /// <summary>Tasks of Jimeng that may run at once.</summary>
    public int? MaxRunningTasks { get; init; }

    /// <summary>The poll at which a task is done.</summary>
    public int PollsUntilDone { get; init; } = 3;

    /// <summary>The largest body; larger ones meet HTTP 413 from the proxy in front.</summary>
    public long MaxBodyBytes { get; init; } = 12 << 20;
}
