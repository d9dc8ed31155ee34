namespace MultiModal.Runtime.Graphs.Onnx;

/// <summary>The length of one axis of a model's input or output: a number, or the name of a length known only when the model runs.</summary>
/// <remarks>Axes with the same name have the same length in one run.</remarks>
public readonly record struct OnnxDimension
{
    /// <summary>An axis of a known length.</summary>
    /// <param name="length">The length, zero or more.</param>
    public OnnxDimension(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
    }

    /// <summary>An axis whose length has a name.</summary>
    /// <param name="symbol">The name, such as "batch".</param>
    public OnnxDimension(string symbol)
    {
        ArgumentException.ThrowIfNullOrEmpty(symbol);
        Symbol = symbol;
    }

    /// <summary>The length where it is known; 0 where it has a name.</summary>
    public long Length { get; }

    /// <summary>The name of the length, or null where it is a number.</summary>
    public string? Symbol { get; }

    /// <summary>Whether the length is a number.</summary>
    public bool IsFixed => Symbol is null;

    /// <summary>An axis of a known length.</summary>
    /// <param name="length">The length, zero or more.</param>
    public static implicit operator OnnxDimension(long length) => new(length);

    /// <summary>An axis whose length has a name.</summary>
    /// <param name="symbol">The name.</param>
    public static implicit operator OnnxDimension(string symbol) => new(symbol);

    /// <summary>An axis of a known length.</summary>
    /// <param name="length">The length, zero or more.</param>
    public static OnnxDimension FromInt64(long length) => new(length);

    /// <summary>An axis whose length has a name.</summary>
    /// <param name="symbol">The name.</param>
    public static OnnxDimension FromString(string symbol) => new(symbol);

    /// <inheritdoc/>
    public override string ToString() => Symbol ?? Length.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
