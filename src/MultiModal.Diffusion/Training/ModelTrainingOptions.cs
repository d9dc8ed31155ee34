using MultiModal.Runtime;

namespace MultiModal.Diffusion.Training;

/// <summary>How a whole model is trained: its UNet, and its text encoders where asked.</summary>
public sealed record ModelTrainingOptions : DiffusionTrainingOptions
{
    /// <summary>Whether the text encoders are trained along. Default false, and captions are encoded once.</summary>
    public bool TrainText { get; init; }

    /// <summary>The type the trained weights are stored in. Default float16.</summary>
    public DType StoredType { get; init; } = DType.Float16;

    internal override void Validate()
    {
        base.Validate();
        if (StoredType is not (DType.Float16 or DType.BFloat16 or DType.Float32)) throw new ArgumentException($"Weights are stored in a floating-point type, not {StoredType}.", nameof(StoredType));
    }
}
