namespace MultiModal.Diffusion.Adapters;

/// <summary>A layer of a model that adapters may change.</summary>
/// <param name="Component">"unet", "text_encoder" or "text_encoder_2".</param>
/// <param name="Layer">Its name in the component.</param>
/// <param name="Weight">The shape of its weight, or null where it has none.</param>
/// <param name="Bias">The shape of its bias, or null where it has none.</param>
/// <param name="Block">The block that lists of block weights mean by it: IN04, M00, OUT03; BASE for text encoders; null for layers outside of blocks.</param>
sealed record LoraTarget(string Component, string Layer, IReadOnlyList<long>? Weight, IReadOnlyList<long>? Bias, string? Block)
{
    public bool IsText => Component != "unet";

    /// <summary>The name of its weight in the component.</summary>
    public string WeightName => $"{Layer}.weight";

    public string BiasName => $"{Layer}.bias";
}
