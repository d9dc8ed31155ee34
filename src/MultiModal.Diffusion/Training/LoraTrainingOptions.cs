using MultiModal.Runtime;

namespace MultiModal.Diffusion.Training;

/// <summary>How a LoRA is trained.</summary>
public sealed record LoraTrainingOptions : DiffusionTrainingOptions
{
    /// <summary>What the file is called, without its ending, and how prompts call it. Default "lora".</summary>
    public string Name { get; init; } = "lora";

    /// <summary>The rank, from 1: how much can be learnt, and how large the file is. 4 to 32 for styles and subjects, 128 for much data. Default 16.</summary>
    public int Rank { get; init; } = 16;

    /// <summary>The change is multiplied by alpha / rank. Default: null, the rank, for a factor of 1. (kohya's default is 1, with learning rates of 1e-3.)</summary>
    public float? Alpha { get; init; }

    /// <summary>Which layers it changes. Default: attention.</summary>
    public LoraTargetLayers Targets { get; init; }

    /// <summary>The rank at 3x3 convolutions. Default: null, <see cref="Rank"/>.</summary>
    public int? ConvolutionRank { get; init; }

    /// <summary>The alpha at 3x3 convolutions. Default: null, their rank.</summary>
    public float? ConvolutionAlpha { get; init; }

    /// <summary>Whether the UNet's layers are changed. Default true.</summary>
    public bool TrainUNet { get; init; } = true;

    /// <summary>Whether the text encoders' layers are changed, too: for new words. Default false, and captions are encoded once.</summary>
    public bool TrainText { get; init; }

    /// <summary>The type the file's numbers are stored in. Default float16.</summary>
    public DType StoredType { get; init; } = DType.Float16;

    internal override void Validate()
    {
        base.Validate();
        ArgumentException.ThrowIfNullOrWhiteSpace(Name);
        if (Name.AsSpan().IndexOfAny(Path.GetInvalidFileNameChars()) >= 0) throw new ArgumentException($"'{Name}' is no name of a file.", nameof(Name));
        ArgumentOutOfRangeException.ThrowIfLessThan(Rank, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(ConvolutionRank ?? 1, 1, nameof(ConvolutionRank));
        if (Alpha is { } alpha && !(alpha > 0 && float.IsFinite(alpha))) throw new ArgumentOutOfRangeException(nameof(Alpha), alpha, "Alpha is above 0.");
        if (ConvolutionAlpha is { } other && !(other > 0 && float.IsFinite(other))) throw new ArgumentOutOfRangeException(nameof(ConvolutionAlpha), other, "Alpha is above 0.");
        if (!TrainUNet && !TrainText) throw new ArgumentException("There is nothing to train: neither the UNet nor the text encoders.", nameof(TrainUNet));
        if (StoredType is not (DType.Float16 or DType.BFloat16 or DType.Float32)) throw new ArgumentException($"A LoRA is stored in a floating-point type, not {StoredType}.", nameof(StoredType));
    }
}
