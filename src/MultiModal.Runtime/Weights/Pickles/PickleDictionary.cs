using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace MultiModal.Runtime.Weights.Pickles;

/// <summary>A Python dict (or OrderedDict, defaultdict, Counter) as read from a pickle, in the order written.</summary>
/// <remarks>
/// Keys are compared by value when they are strings, numbers or truth values, and by identity otherwise. Python's None as a key is
/// <see cref="DBNull.Value"/>.
/// </remarks>
public sealed class PickleDictionary : IReadOnlyDictionary<object, object?>
{
    readonly OrderedDictionary<object, object?> items = new(KeyComparer.Instance);

    internal PickleDictionary()
    {
    }

    /// <inheritdoc/>
    public int Count => items.Count;

    /// <inheritdoc/>
    public IEnumerable<object> Keys => items.Keys;

    /// <inheritdoc/>
    public IEnumerable<object?> Values => items.Values;

    /// <inheritdoc/>
    public object? this[object key] => items[key];

    /// <inheritdoc/>
    public bool ContainsKey(object key) => items.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(object key, [MaybeNullWhen(false)] out object? value) => items.TryGetValue(key, out value);

    /// <summary>Finds a value that is of a given type.</summary>
    /// <typeparam name="T">The type, such as <see cref="PickleDictionary"/>, <see cref="string"/>, <see cref="long"/> or <see cref="double"/>.</typeparam>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <returns>Whether there is such a key with such a value.</returns>
    public bool TryGet<T>(object key, [MaybeNullWhen(false)] out T value)
    {
        if (items.TryGetValue(key, out var found) && found is T typed)
        {
            value = typed;
            return true;
        }

        value = default;
        return false;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<object, object?>> GetEnumerator() => items.GetEnumerator();

    /// <summary>A short description; the entries are not listed, since a dictionary may contain itself.</summary>
    public override string ToString() => $"Dictionary of {Count}";

    internal void Set(object? key, object? value) => items[key ?? DBNull.Value] = value;

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Equality by value for simple keys, with hashes that a file cannot make collide on purpose.</summary>
    sealed class KeyComparer : IEqualityComparer<object>
    {
        public static readonly KeyComparer Instance = new();

        public new bool Equals(object? x, object? y) => object.Equals(x, y);

        public int GetHashCode(object key) => key switch
        {
            long number => HashCode.Combine(number),
            double number => HashCode.Combine(number),
            _ => key.GetHashCode(),
        };
    }
}
