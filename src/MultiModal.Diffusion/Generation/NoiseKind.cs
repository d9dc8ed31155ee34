namespace MultiModal.Diffusion.Generation;

/// <summary>Whose random numbers a picture's noise is made of.</summary>
public enum NoiseKind
{
    /// <summary>PyTorch's generator on a processor: diffusers' and ComfyUI's default; "CPU" in A1111.</summary>
    TorchCpu,

    /// <summary>PyTorch's generator on CUDA devices (Philox): "GPU" and "NV" in A1111.</summary>
    Philox,
}
