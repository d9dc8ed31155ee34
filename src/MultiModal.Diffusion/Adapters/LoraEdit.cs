using MultiModal.Diffusion.Adapters.Deltas;
using MultiModal.Runtime.Weights;

namespace MultiModal.Diffusion.Adapters;

/// <summary>The changes of one weight by all adapters of a request, one after the other.</summary>
sealed class LoraEdit : IWeightEdit
{
    readonly List<(WeightDelta Delta, float Strength)> changes = [];

    public bool IsByRows => changes.TrueForAll(c => c.Delta.IsByRows);

    public void Add(WeightDelta delta, float strength) => changes.Add((delta, strength));

    public void Apply(Span<float> values, int firstRow)
    {
        foreach (var (delta, strength) in changes) delta.AddTo(values, firstRow, strength);
    }
}
