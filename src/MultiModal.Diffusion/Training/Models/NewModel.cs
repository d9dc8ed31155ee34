using MultiModal.Diffusion.Networks;
using MultiModal.Diffusion.Schedulers;
using MultiModal.Diffusion.Text;

namespace MultiModal.Diffusion.Training.Models;

/// <summary>The dimensions of a model that is to be trained from nothing.</summary>
/// <param name="Text">The text encoder.</param>
/// <param name="UNet">The UNet; it reads what the text encoder gives, and predicts latents of the autoencoder's.</param>
/// <param name="Vae">The autoencoder.</param>
/// <param name="Scheduler">The noise, what the UNet predicts, and the sampler that is used by default.</param>
public sealed record NewModel(ClipTextConfig Text, UNetConfig UNet, VaeConfig Vae, SchedulerConfig Scheduler);
