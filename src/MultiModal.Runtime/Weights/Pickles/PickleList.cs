using System.Collections;

namespace MultiModal.Runtime.Weights.Pickles;

/// <summary>A Python list, tuple or set as read from a pickle.</summary>
public sealed class PickleList : IReadOnlyList<object?>
{
    readonly List<object?> items;

    internal PickleList(PickleListKind kind, List<object?> items)
    {
        Kind = kind;
        this.items = items;
    }

    /// <summary>Which of Python's sequences it was.</summary>
    public PickleListKind Kind { get; }

    /// <inheritdoc/>
    public int Count => items.Count;

    /// <inheritdoc/>
    public object? this[int index] => Shown(items[index]);

    /// <inheritdoc/>
    public IEnumerator<object?> GetEnumerator() => items.Select(Shown).GetEnumerator();

    /// <summary>A short description; the items are not listed, since a list may contain itself.</summary>
    public override string ToString() => $"{Kind} of {Count}";

    /// <summary>The items as the reader keeps them: long strings not yet decoded.</summary>
    internal IReadOnlyList<object?> Raw => items;

    internal void Add(object? item) => items.Add(item);

    static object? Shown(object? item) => item is PickleTextSlice text ? text.ToString() : item;

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
