using System.Collections.Concurrent;

namespace MultiModal.CloudSimulator;

/// <summary>What the simulator did and billed: by what a request is about (its prompt, its text, its sound), so that a call that was done twice shows.</summary>
public sealed class Ledger
{
    readonly ConcurrentDictionary<string, int> billed = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, int> requests = new(StringComparer.Ordinal);
    int tokens;
    int expiries;

    public IReadOnlyDictionary<string, int> Billed => billed;

    /// <summary>Requests by path or action.</summary>
    public IReadOnlyDictionary<string, int> Requests => requests;

    public int TokensIssued => tokens;

    public int TokenExpiries => expiries;

    public int Of(string key) => billed.GetValueOrDefault(key);

    internal void Bill(string key) => billed.AddOrUpdate(key, 1, static (_, count) => count + 1);

    internal void Count(string path) => requests.AddOrUpdate(path, 1, static (_, count) => count + 1);

    internal void IssueToken() => Interlocked.Increment(ref tokens);

    internal void ExpireToken() => Interlocked.Increment(ref expiries);
}
