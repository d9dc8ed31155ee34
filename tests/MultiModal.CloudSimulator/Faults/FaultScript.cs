namespace MultiModal.CloudSimulator.Faults;

/// <summary>Which request meets which fault: by a queue for a path or action, then by chance.</summary>
public sealed class FaultScript
{
    readonly Lock gate = new();
    readonly List<(string Target, FaultKind Kind)> queue = [];
    Random? random;
    double share;
    Func<string, IReadOnlyList<FaultKind>> kinds = static _ => [];
    int injected;

    /// <summary>How many requests met a fault.</summary>
    public int Injected => injected;

    /// <summary>What Retry-After says, in seconds.</summary>
    public int RetryAfterSeconds { get; set; } = 1;

    /// <summary>The next requests to a target meet these faults, one each.</summary>
    /// <param name="target">The beginning of a path, or the name of an action.</param>
    /// <param name="faults">The faults, in order.</param>
    public void Next(string target, params ReadOnlySpan<FaultKind> faults)
    {
        lock (gate)
        {
            foreach (var fault in faults)
                queue.Add((target, fault));
        }
    }

    /// <summary>From now on, requests meet faults by chance.</summary>
    /// <param name="seed">The seed of the chance.</param>
    /// <param name="part">The part of requests that meet one, 0 to 1.</param>
    /// <param name="choose">The faults a target may meet.</param>
    public void ByChance(int seed, double part, Func<string, IReadOnlyList<FaultKind>> choose)
    {
        lock (gate)
        {
            random = new(seed);
            share = part;
            kinds = choose;
        }
    }

    internal FaultKind? Take(string target)
    {
        lock (gate)
        {
            var index = queue.FindIndex(step => target.StartsWith(step.Target, StringComparison.Ordinal));
            if (index >= 0)
            {
                var kind = queue[index].Kind;
                queue.RemoveAt(index);
                injected++;
                return kind;
            }

            if (random is null || random.NextDouble() >= share || kinds(target) is not { Count: > 0 } choice)
                return null;
            injected++;
            return choice[random.Next(choice.Count)];
        }
    }
}
