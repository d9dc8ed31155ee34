namespace MultiModal.Diffusion.Training.Steps;

/// <summary>How the rows of a batch are made.</summary>
/// <param name="Seed">What everything drawn depends on, beside the row's number.</param>
/// <param name="MinSnrGamma">The limit of min-SNR weights; null for weights of 1.</param>
/// <param name="NoiseOffset">How much of one number for each channel is added to the noise.</param>
/// <param name="CaptionDropout">The share of rows that are trained without their caption.</param>
/// <param name="Mirror">Whether half of the rows are mirror images.</param>
/// <param name="FirstTimestep">The least noisy timestep trained.</param>
/// <param name="EndTimestep">The timestep after the noisiest one trained.</param>
sealed record RowOptions(ulong Seed, float? MinSnrGamma, float NoiseOffset, float CaptionDropout, bool Mirror, int FirstTimestep, int EndTimestep);
