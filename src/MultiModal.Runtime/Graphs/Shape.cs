using System.Collections;
using System.Runtime.CompilerServices;

namespace MultiModal.Runtime.Graphs;

/// <summary>The lengths of a tensor's axes.</summary>
[CollectionBuilder(typeof(Shape), nameof(Of))]
public sealed class Shape : IReadOnlyList<Dim>, IEquatable<Shape>
{
    readonly Dim[] dims;

    Shape(Dim[] dims) => this.dims = dims;

    /// <summary>The shape of a single value.</summary>
    public static Shape Scalar { get; } = new([]);

    /// <summary>How many axes there are.</summary>
    public int Rank => dims.Length;

    /// <inheritdoc/>
    public int Count => dims.Length;

    /// <summary>Whether every length is a number.</summary>
    public bool IsKnown => dims.All(d => d.IsKnown);

    /// <summary>How many elements a tensor of this shape has.</summary>
    public Dim ElementCount => dims.Aggregate((Dim)1, (a, b) => a * b);

    /// <summary>The length of an axis.</summary>
    /// <param name="axis">Its number; negative numbers count from the last.</param>
    public Dim this[int axis] => dims[axis < 0 ? axis + dims.Length : axis];

    /// <summary>Makes a shape.</summary>
    /// <param name="dims">The length of each axis.</param>
    public static Shape Of(params ReadOnlySpan<Dim> dims) => dims.IsEmpty ? Scalar : new(dims.ToArray());

    /// <summary>Makes a shape of numbers.</summary>
    /// <param name="dimensions">The length of each axis.</param>
    public static Shape Of(IEnumerable<long> dimensions) => new([.. dimensions.Select(d => (Dim)d)]);

    /// <summary>The same shape with one axis of another length.</summary>
    /// <param name="axis">The axis; negative numbers count from the last.</param>
    /// <param name="length">Its new length.</param>
    public Shape With(int axis, Dim length)
    {
        var copy = (Dim[])dims.Clone();
        copy[axis < 0 ? axis + dims.Length : axis] = length;
        return new(copy);
    }

    /// <summary>The lengths as numbers.</summary>
    /// <exception cref="InvalidOperationException">A length is symbolic.</exception>
    public long[] ToLongs() => [.. dims.Select(d => d.Value)];

    /// <inheritdoc/>
    public bool Equals(Shape? other) => other is not null && dims.AsSpan().SequenceEqual(other.dims);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Shape);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var dim in dims) hash.Add(dim);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public IEnumerator<Dim> GetEnumerator() => ((IEnumerable<Dim>)dims).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public override string ToString() => $"[{string.Join(", ", dims)}]";
}
