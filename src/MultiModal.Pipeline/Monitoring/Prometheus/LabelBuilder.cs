using System.Buffers;
using System.Globalization;

namespace MultiModal.Pipeline.Monitoring.Prometheus;

/// <summary>Labels as text, in the order of their names, without allocating for combinations that are known.</summary>
internal ref struct LabelBuilder(Span<char> initial)
{
    Span<char> buffer = initial;
    char[]? rented;
    int length;

    public ReadOnlySpan<char> Build(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        Span<int> order = tags.Length <= 32 ? stackalloc int[tags.Length] : new int[tags.Length];
        for (var i = 0; i < order.Length; i++)
        {
            // Few labels: sorted as they are put in.
            var at = i;
            for (; at > 0 && string.CompareOrdinal(tags[order[at - 1]].Key, tags[i].Key) > 0; at--)
                order[at] = order[at - 1];
            order[at] = i;
        }

        string? last = null;
        foreach (var i in order)
        {
            var (name, value) = tags[i];
            if (name == last)
                continue;
            last = name;
            if (length > 0)
                Append(",");
            AppendName(name);
            Append("=\"");
            AppendValue(value as string ?? Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
            Append("\"");
        }

        return buffer[..length];
    }

    public readonly void Dispose()
    {
        if (rented is not null)
            ArrayPool<char>.Shared.Return(rented);
    }

    void AppendName(string name)
    {
        for (var i = 0; i < name.Length; i++)
        {
            if (i == 0 && char.IsAsciiDigit(name[0]))
                Append('_');
            Append(char.IsAsciiLetterOrDigit(name[i]) ? name[i] : '_');
        }
    }

    void AppendValue(string value)
    {
        foreach (var c in value)
        {
            if (c is '\\' or '"' or '\n')
                Append('\\');
            Append(c == '\n' ? 'n' : c);
        }
    }

    void Append(string text)
    {
        foreach (var c in text)
            Append(c);
    }

    void Append(char c)
    {
        if (length == buffer.Length)
            Grow();
        buffer[length++] = c;
    }

    void Grow()
    {
        var larger = ArrayPool<char>.Shared.Rent(2 * buffer.Length);
        buffer.CopyTo(larger);
        if (rented is not null)
            ArrayPool<char>.Shared.Return(rented);
        buffer = rented = larger;
    }
}
