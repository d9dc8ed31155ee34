namespace MultiModal.Voice.Diffusion;

/// <summary>How a diffusion model's noise is taken away.</summary>
public enum MelSampler
{
    /// <summary>DPM-Solver++ of second order (Lu et al. 2022b): the default, good with ten steps.</summary>
    DpmSolverPlusPlus,

    /// <summary>DPM-Solver of second order (Lu et al. 2022a).</summary>
    DpmSolver,

    /// <summary>UniPC of second order with B(h) = e^h - 1 (Zhao et al. 2023).</summary>
    UniPc,

    /// <summary>Pseudo linear multistep of fourth order (Liu et al. 2022).</summary>
    Pndm,

    /// <summary>DDIM without noise (Song et al. 2020).</summary>
    Ddim,

    /// <summary>Every step with fresh noise (Ho et al. 2020): slow; what the others approximate.</summary>
    Ddpm,
}
