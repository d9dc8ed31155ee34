using MultiModal.Runtime.Graphs.Onnx;

namespace MultiModal.Runtime.Sessions;

/// <summary>Which weights of a model are lent to its runs, which point into files, and which are written into the model.</summary>
sealed class WeightPlan
{
    /// <summary>Smaller weights (biases, scales) go into the model: the runtime's fusions look at their values.</summary>
    const long SmallBytes = 64 << 10;

    WeightPlan(List<OnnxWeight> lent, List<OnnxWeight> external, List<OnnxWeight> inline) =>
        (Lent, External, Inline) = (lent, external, inline);

    /// <summary>Weights that become inputs of the model, bound to memory of ours.</summary>
    public IReadOnlyList<OnnxWeight> Lent { get; }

    /// <summary>Weights whose initializers point into files that the runtime reads itself.</summary>
    public IReadOnlyList<OnnxWeight> External { get; }

    /// <summary>Weights written into the protobuf.</summary>
    public IReadOnlyList<OnnxWeight> Inline { get; }

    public static WeightPlan Make(OnnxModel model, RuntimeOptions options, Device device)
    {
        var total = model.Weights.Sum(weight => weight.ByteLength);
        var shared = device is Device.Cpu && options.Weights switch
        {
            WeightPlacement.Shared => true,
            WeightPlacement.Constant => false,
            _ => total > options.SharedWeightBytes,
        };

        var (lent, external, inline) = (new List<OnnxWeight>(), new List<OnnxWeight>(), new List<OnnxWeight>());
        foreach (var weight in model.Weights)
        {
            // Kernels for quantised weights pack constants only; what is only taken to pieces is to be so while the model loads.
            if (shared && !weight.IsFolded && weight.ByteLength >= SmallBytes && weight.Type is not (DType.Int8 or DType.UInt8))
                lent.Add(weight);
            else if (!shared && weight.ByteLength >= SmallBytes && CanPointIntoFile(weight))
                external.Add(weight);
            else
                inline.Add(weight);
        }

        return new(lent, external, inline);
    }

    /// <summary>The runtime reads little-endian files itself and widens with a Cast, which it folds while it loads.</summary>
    static bool CanPointIntoFile(OnnxWeight weight) => weight.Source?.Region is not null && BitConverter.IsLittleEndian;
}
