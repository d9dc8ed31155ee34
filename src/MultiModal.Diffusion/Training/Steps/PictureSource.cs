using MultiModal.Diffusion.Training.Data;
using MultiModal.Diffusion.Training.Latents;

namespace MultiModal.Diffusion.Training.Steps;

/// <summary>Pictures of which every step takes some.</summary>
/// <param name="Dataset">The pictures and their captions.</param>
/// <param name="Latents">Their latents.</param>
/// <param name="Batch">How many a step takes.</param>
/// <param name="Share">How much the mean of their losses counts: 1, or the weight of the prior's pictures.</param>
sealed record PictureSource(ImageDataset Dataset, LatentStore Latents, int Batch, float Share);
