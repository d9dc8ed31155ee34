namespace MultiModal.Diffusion.Training.Latents;

/// <summary>What the autoencoder makes of one picture: a distribution, from which each visit draws anew.</summary>
/// <param name="Channels">Channels of the latent.</param>
/// <param name="Height">Its rows.</param>
/// <param name="Width">Its columns.</param>
/// <param name="Mean">[channels, height, width], scaled as the UNet has latents.</param>
/// <param name="Deviation">The standard deviation, scaled likewise.</param>
sealed record PictureLatent(int Channels, int Height, int Width, float[] Mean, float[] Deviation)
{
    public int Length => Mean.Length;

    /// <summary>Writes mean + deviation * noise.</summary>
    public void Draw(ReadOnlySpan<float> noise, Span<float> latent)
    {
        for (var i = 0; i < latent.Length; i++) latent[i] = Mean[i] + (Deviation[i] * noise[i]);
    }
}
