using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace MultiModal.CloudSimulator;

/// <summary>Baidu's access tokens: several may be valid at once, each until its time or until a fault ends it.</summary>
public sealed class TokenIssuer(SimulatorOptions options, Ledger ledger)
{
    readonly ConcurrentDictionary<string, DateTimeOffset> valid = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, byte> expired = new(StringComparer.Ordinal);
    readonly Lock gate = new();

    public string Issue()
    {
        ledger.IssueToken();
        var until = options.Time.GetUtcNow() + options.TokenLifetime;
        var token = $"24.{RandomNumberGenerator.GetHexString(32, lowercase: true)}.{(long)options.TokenLifetime.TotalSeconds}.{until.ToUnixTimeSeconds()}.282335-{options.BaiduAppId}";
        valid[token] = until;
        return token;
    }

    /// <summary>Ends every token. Counts as an expiry only where there was one to end.</summary>
    public void ExpireAll()
    {
        lock (gate)
        {
            var any = false;
            foreach (var token in valid.Keys)
            {
                any |= valid.TryRemove(token, out _);
                expired[token] = 0;
            }

            if (any)
                ledger.ExpireToken();
        }
    }

    /// <summary>0: good; 110: unknown; 111: expired.</summary>
    internal int Check(string? token)
    {
        if (token is null)
            return 110;
        if (valid.TryGetValue(token, out var until))
            return options.Time.GetUtcNow() < until ? 0 : 111;
        return expired.ContainsKey(token) ? 111 : 110;
    }
}
