namespace MultiModal.Diffusion.Generation;

/// <summary>A model that takes over for the last steps of a request: SDXL's refiner, or any other model with the same latents.</summary>
/// <param name="Model">The model; the caller's, and alive as long as the request runs.</param>
/// <param name="SwitchAt">The share of the steps after which it takes over, 0 to 1. Default 0.8, as SDXL's refiner was made for.</param>
public sealed record RefinerModel(DiffusionModel Model, float SwitchAt = 0.8f)
{
    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(Model);
        if (SwitchAt is not (>= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(SwitchAt), SwitchAt, "A share of the steps lies between 0 and 1.");
    }
}
