namespace MultiModal.Runtime.Weights;

/// <summary>A change to one weight, made where its elements stand in float32: a merged LoRA, for one.</summary>
/// <remarks>Safe for concurrent use: several threads change several parts.</remarks>
public interface IWeightEdit
{
    /// <summary>Whether some rows (places along the first axis) can be changed without the others being at hand.</summary>
    bool IsByRows { get; }

    /// <summary>Changes elements.</summary>
    /// <param name="values">Whole rows of the weight, row-major: all of them unless <see cref="IsByRows"/>.</param>
    /// <param name="firstRow">The place of the first of them along the first axis.</param>
    void Apply(Span<float> values, int firstRow);
}
