using System.Collections.Concurrent;
using MultiModal.Pipeline.Composition;

namespace MultiModal.Pipeline.Tests.Composition;

static class Items
{
    public static async IAsyncEnumerable<T> Async<T>(IEnumerable<T> items)
    {
        foreach (var item in items)
        {
            await Task.Yield();
            yield return item;
        }
    }

    /// <summary>Hears events, in the order in which they are told.</summary>
    public sealed class Heard : IProgress<StepEvent>
    {
        readonly ConcurrentQueue<StepEvent> events = new();

        public IReadOnlyList<StepEvent> Events => [.. events];

        public IEnumerable<string> Told(StepEventKind kind) => Events.Where(e => e.Kind == kind).Select(static e => e.Step);

        public void Report(StepEvent value) => events.Enqueue(value);
    }

    /// <summary>Counts who is inside at once.</summary>
    public sealed class Crowd
    {
        int now, most;

        public int Now => Volatile.Read(ref now);

        public int Most => Volatile.Read(ref most);

        public async Task<T> InsideAsync<T>(Func<Task<T>> work)
        {
            var inside = Interlocked.Increment(ref now);
            for (var seen = Most; inside > seen; seen = Most)
                Interlocked.CompareExchange(ref most, inside, seen);
            try
            {
                return await work();
            }
            finally
            {
                Interlocked.Decrement(ref now);
            }
        }
    }
}
