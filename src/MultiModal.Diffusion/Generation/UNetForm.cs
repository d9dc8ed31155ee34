namespace MultiModal.Diffusion.Generation;

/// <summary>What a compiled UNet takes.</summary>
/// <param name="TakesAnySize">Latents of any size; otherwise multiples of its halvings.</param>
/// <param name="TakesResiduals">ControlNets' residuals, in every run.</param>
readonly record struct UNetForm(bool TakesAnySize, bool TakesResiduals)
{
    /// <summary>Whether it does for a request.</summary>
    public bool Serves(bool odd, bool controlled) => (TakesAnySize || !odd) && (TakesResiduals || !controlled);
}
