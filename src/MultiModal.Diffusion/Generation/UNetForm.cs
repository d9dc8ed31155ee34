namespace MultiModal.Diffusion.Generation;

/// <summary>What a compiled UNet takes.</summary>
/// <param name="TakesAnySize">Latents of any size; otherwise multiples of its halvings.</param>
/// <param name="TakesResiduals">ControlNets' residuals, in every run.</param>
/// <param name="GivesFeatures">Whether it gives its deep features, and its outermost layers are there as a network of their own that takes them.</param>
readonly record struct UNetForm(bool TakesAnySize, bool TakesResiduals, bool GivesFeatures = false)
{
    /// <summary>Whether it does for a request that needs another form.</summary>
    public bool Serves(UNetForm needed) =>
        (TakesAnySize || !needed.TakesAnySize) && (TakesResiduals || !needed.TakesResiduals) && (GivesFeatures || !needed.GivesFeatures);

    /// <summary>A form that does for both.</summary>
    public UNetForm With(UNetForm other) =>
        new(TakesAnySize || other.TakesAnySize, TakesResiduals || other.TakesResiduals, GivesFeatures || other.GivesFeatures);
}
