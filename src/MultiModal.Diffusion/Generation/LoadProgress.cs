namespace MultiModal.Diffusion.Generation;

/// <summary>How far loading is.</summary>
/// <param name="Stage">What is being loaded: "unet", "vae", "text_encoder"; "done" at the end.</param>
/// <param name="Done">Parts done.</param>
/// <param name="Total">Parts in all.</param>
public readonly record struct LoadProgress(string Stage, int Done, int Total);
