namespace MultiModal.Diffusion.Adapters;

/// <summary>How an adapter changes a layer's weight W.</summary>
public enum LoraKind
{
    /// <summary>LoRA and LoCon (Hu et al. 2021): up * down, with Tucker's core between them where there is one.</summary>
    LowRank,

    /// <summary>LoHa (Hyeon-Woo et al. 2021): (a1 * b1) times (a2 * b2), element by element.</summary>
    Hadamard,

    /// <summary>LoKr: the Kronecker product of a small and a larger matrix.</summary>
    Kronecker,

    /// <summary>The difference in full: of a weight, a bias or a normalisation.</summary>
    Full,

    /// <summary>IA3 (Liu et al. 2022): a factor for each output or input.</summary>
    Factors,

    /// <summary>GLoRA: b2 * b1 + W * a2 * a1.</summary>
    Generalised,

    /// <summary>OFT (Qiu et al. 2023): outputs rotated among each other, block by block.</summary>
    Orthogonal,
}
