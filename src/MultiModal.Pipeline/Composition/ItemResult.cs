using System.Diagnostics.CodeAnalysis;

namespace MultiModal.Pipeline.Composition;

/// <summary>What became of one of many items.</summary>
/// <typeparam name="T">What a successful item became.</typeparam>
public readonly struct ItemResult<T>
{
    readonly T? value;

    /// <summary>Makes the result of an item that succeeded.</summary>
    /// <param name="index">The item's number.</param>
    /// <param name="value">What it became.</param>
    public ItemResult(long index, T value) => (Index, this.value) = (index, value);

    /// <summary>Makes the result of an item that failed.</summary>
    /// <param name="index">The item's number.</param>
    /// <param name="error">Why it failed.</param>
    /// <param name="failedStep">The step at which it failed, or null.</param>
    public ItemResult(long index, Exception error, string? failedStep)
    {
        ArgumentNullException.ThrowIfNull(error);
        (Index, Error, FailedStep) = (index, error, failedStep);
    }

    /// <summary>The item's number, from 0 in the order in which the source gave the items.</summary>
    public long Index { get; }

    /// <summary>Why the item failed; null where it succeeded.</summary>
    public Exception? Error { get; }

    /// <summary>The step at which it failed; null where it succeeded.</summary>
    public string? FailedStep { get; }

    /// <summary>Whether the item succeeded.</summary>
    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsSuccess => Error is null;

    /// <summary>What the item became.</summary>
    /// <exception cref="InvalidOperationException">The item failed; the inner exception says why.</exception>
    public T Value => Error is null ? value! : throw new InvalidOperationException($"Item {Index} failed{(FailedStep is null ? "" : $" at '{FailedStep}'")}: {Error.Message}", Error);

    /// <inheritdoc/>
    public override string ToString() => IsSuccess ? $"{Index}: {value}" : $"{Index}: failed at '{FailedStep}', {Error.Message}";
}
