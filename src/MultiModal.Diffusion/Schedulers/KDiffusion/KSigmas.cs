namespace MultiModal.Diffusion.Schedulers.KDiffusion;

/// <summary>How k-diffusion and its users space noise levels ("schedule type" in A1111).</summary>
public enum KSigmas
{
    /// <summary>"automatic", "uniform" or "normal": evenly spaced timesteps, the least sigma included.</summary>
    Uniform,

    /// <summary>"karras": evenly spaced in the seventh root (Karras et al. 2022, equation 5).</summary>
    Karras,

    /// <summary>"exponential": evenly spaced in the logarithm.</summary>
    Exponential,

    /// <summary>"sgm_uniform": evenly spaced timesteps, the last one left off.</summary>
    SgmUniform,

    /// <summary>"simple": every so-manieth entry of the model's table.</summary>
    Simple,

    /// <summary>"beta": timesteps at quantiles of the beta distribution with both parameters 0.6.</summary>
    Beta,

    /// <summary>"align_your_steps": tables optimised for Stable Diffusion 1.5 (Sabour et al. 2024), log-linear between their entries.</summary>
    AlignYourSteps,

    /// <summary>"align_your_steps_xl": the table for SDXL.</summary>
    AlignYourStepsXL,
}
