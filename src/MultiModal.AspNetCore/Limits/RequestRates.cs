using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using MultiModal.AspNetCore.Errors;

namespace MultiModal.AspNetCore.Limits;

/// <summary>Counts requests of addresses and callers. Partitions that are idle are forgotten.</summary>
internal sealed class RequestRates : IDisposable
{
    readonly PartitionedRateLimiter<string> addresses;
    readonly PartitionedRateLimiter<string> callers;

    public RequestRates(IOptions<MultiModalHostOptions> options)
    {
        var limits = options.Value.Limits;
        addresses = Buckets(limits.RequestsPerSecondAndAddress);
        callers = Buckets(limits.RequestsPerSecondAndCaller);
    }

    public void CountAddress(string address) => Count(addresses, address);

    public void CountCaller(string caller) => Count(callers, caller);

    public void Dispose()
    {
        addresses.Dispose();
        callers.Dispose();
    }

    static PartitionedRateLimiter<string> Buckets(int perSecond) => PartitionedRateLimiter.Create<string, string>(key =>
        RateLimitPartition.GetTokenBucketLimiter(key, _ => new()
        {
            TokenLimit = 2 * perSecond,
            TokensPerPeriod = perSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
        }));

    static void Count(PartitionedRateLimiter<string> limiter, string key)
    {
        using var lease = limiter.AttemptAcquire(key);
        if (!lease.IsAcquired)
            throw Refusal.TooMany("too-many-requests", "Too many requests in too short a time.", TimeSpan.FromSeconds(1)).Exception();
    }
}
