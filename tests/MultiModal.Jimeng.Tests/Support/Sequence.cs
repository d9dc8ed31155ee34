namespace MultiModal.Jimeng.Tests.Support;

internal static class Sequence
{
    public static async IAsyncEnumerable<T> Of<T>(params T[] items)
    {
        foreach (var item in items)
        {
            await Task.Yield();
            yield return item;
        }
    }

    public static async Task<List<T>> ToListAsync<T>(this IAsyncEnumerable<T> source)
    {
        var list = new List<T>();
        await foreach (var item in source)
            list.Add(item);
        return list;
    }

    /// <summary>Progress without a synchronisation context in between.</summary>
    public sealed class Heard<T> : IProgress<T>
    {
        public List<T> Values { get; } = [];

        public void Report(T value)
        {
            lock (Values)
                Values.Add(value);
        }
    }
}
