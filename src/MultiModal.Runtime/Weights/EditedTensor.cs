using System.Runtime.InteropServices;

namespace MultiModal.Runtime.Weights;

/// <summary>A tensor with a change made to it whenever it is read, in float32.</summary>
sealed class EditedTensor(WeightTensor tensor, IWeightEdit edit) : WeightTensor(tensor.Name, DType.Float32, tensor.Dimensions)
{
    public IWeightEdit Edit => edit;

    public override void CopyTo(Span<byte> destination)
    {
        var values = MemoryMarshal.Cast<byte, float>(Destination(destination));
        tensor.ReadFloat32(values);
        edit.Apply(values, 0);
    }
}
