namespace MultiModal.Diffusion.Adapters.Deltas;

/// <summary>What an adapter adds to one weight, seen as a matrix: a row for each place along the first axis.</summary>
abstract class WeightDelta(IReadOnlyList<long> shape)
{
    /// <summary>Places along the weight's first axis.</summary>
    public int Rows { get; } = (int)shape[0];

    /// <summary>Elements of a row.</summary>
    public int Columns { get; } = (int)(Runtime.TensorData.ElementCount([.. shape]) / Math.Max(shape[0], 1));

    /// <summary>Inputs of the layer: the weight's second axis, 1 where it has none.</summary>
    public int Inputs { get; } = shape.Count > 1 ? (int)shape[1] : 1;

    /// <summary>Whether some rows can be changed without the others.</summary>
    public virtual bool IsByRows => true;

    /// <summary>Adds the change.</summary>
    /// <param name="weight">Whole rows of the weight, all of them unless <see cref="IsByRows"/>.</param>
    /// <param name="firstRow">The first of them.</param>
    /// <param name="strength">How much of it.</param>
    public abstract void AddTo(Span<float> weight, int firstRow, float strength);
}
