namespace MultiModal.Diffusion.Schedulers.KDiffusion;

/// <summary>The samplers of k-diffusion, as A1111 and ComfyUI use them.</summary>
public enum KSampler
{
    /// <summary>"euler": A1111's Euler.</summary>
    Euler,

    /// <summary>"euler_ancestral": Euler a.</summary>
    EulerAncestral,

    /// <summary>"heun".</summary>
    Heun,

    /// <summary>"dpm_2": DPM2.</summary>
    Dpm2,

    /// <summary>"dpm_2_ancestral": DPM2 a.</summary>
    Dpm2Ancestral,

    /// <summary>"lms".</summary>
    Lms,

    /// <summary>"dpmpp_2s_ancestral": DPM++ 2S a.</summary>
    DpmPlusPlus2SAncestral,

    /// <summary>"dpmpp_2m": DPM++ 2M.</summary>
    DpmPlusPlus2M,

    /// <summary>"dpmpp_sde": DPM++ SDE.</summary>
    DpmPlusPlusSde,

    /// <summary>"dpmpp_2m_sde": DPM++ 2M SDE.</summary>
    DpmPlusPlus2MSde,

    /// <summary>"dpmpp_3m_sde": DPM++ 3M SDE.</summary>
    DpmPlusPlus3MSde,
}
