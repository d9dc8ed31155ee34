using System.Globalization;
using System.Text;

namespace MultiModal.Runtime.Graphs;

/// <summary>The attributes of a node: a name and a long, float, string, or an array of one of these. Sorted, immutable.</summary>
sealed class NodeAttributes
{
    readonly (string Name, object Value)[] entries;

    NodeAttributes((string Name, object Value)[] entries) => this.entries = entries;

    public static NodeAttributes None { get; } = new([]);

    public IReadOnlyList<(string Name, object Value)> Entries => entries;

    public static NodeAttributes Of(params ReadOnlySpan<(string Name, object? Value)> given)
    {
        var kept = new List<(string Name, object Value)>();
        foreach (var (name, value) in given)
        {
            if (value is null) continue;
            kept.Add((name, value switch
            {
                int i => (long)i,
                bool b => b ? 1L : 0L,
                double d => (float)d,
                int[] array => Array.ConvertAll(array, i => (long)i),
                long or float or string or long[] or float[] or string[] => value,
                _ => throw new ArgumentException($"The attribute {name} cannot be a {value.GetType().Name}.", nameof(given)),
            }));
        }

        kept.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        return kept.Count == 0 ? None : new([.. kept]);
    }

    public T? Get<T>(string name)
    {
        foreach (var entry in entries)
            if (entry.Name == name) return (T)entry.Value;
        return default;
    }

    public long Int(string name, long fallback = 0) => Get<object>(name) is long value ? value : fallback;

    public float Float(string name, float fallback = 0) => Get<object>(name) is float value ? value : fallback;

    /// <summary>The same text for the same attributes.</summary>
    public void AppendKey(StringBuilder key)
    {
        foreach (var (name, value) in entries)
        {
            key.Append('|').Append(name).Append('=');
            switch (value)
            {
                case long[] longs: key.AppendJoin(',', longs); break;
                case float[] floats: key.AppendJoin(',', floats.Select(f => f.ToString("R", CultureInfo.InvariantCulture))); break;
                case string[] strings: key.AppendJoin(',', strings); break;
                case float f: key.Append(f.ToString("R", CultureInfo.InvariantCulture)).Append('f'); break;
                default: key.Append(value); break;
            }
        }
    }
}
