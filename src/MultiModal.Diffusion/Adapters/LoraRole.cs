namespace MultiModal.Diffusion.Adapters;

/// <summary>What a tensor of an adapter's file is for.</summary>
enum LoraRole
{
    /// <summary>Low rank: [rank, in, ...].</summary>
    Down,

    /// <summary>Low rank: [out, rank, ...].</summary>
    Up,

    /// <summary>Tucker's core between the two: [rank, rank, height, width].</summary>
    Mid,

    /// <summary>What the layer's bias gains besides.</summary>
    UpBias,
    Alpha,

    /// <summary>The factor itself, instead of alpha over rank.</summary>
    Scale,
    Magnitude,

    /// <summary>The same as PEFT writes it: always one number an output, whatever its shape.</summary>
    OutputMagnitude,
    Hada1A,
    Hada1B,
    Hada2A,
    Hada2B,
    Hada1Core,
    Hada2Core,
    Kron1,
    Kron1A,
    Kron1B,
    Kron2,
    Kron2A,
    Kron2B,
    Kron2Core,

    /// <summary>What the weight gains, in full.</summary>
    Difference,
    BiasDifference,
    NormDifference,
    NormBiasDifference,

    /// <summary>A factor for each output, or input.</summary>
    Factors,
    OnInput,
    GloraA1,
    GloraA2,
    GloraB1,
    GloraB2,

    /// <summary>Blocks from which rotations are made.</summary>
    RotationSeeds,

    /// <summary>Rotations themselves.</summary>
    Rotations,
    Rescale,
}
