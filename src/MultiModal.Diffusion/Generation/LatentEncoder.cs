using MultiModal.Diffusion.Networks;
using MultiModal.Diffusion.Schedulers;
using MultiModal.Images;
using MultiModal.Runtime;

namespace MultiModal.Diffusion.Generation;

/// <summary>Pictures to latents, scaled as the UNet has them.</summary>
sealed class LatentEncoder(DiffusionNetworks networks, VaeConfig vae)
{
    /// <summary>Encodes one picture for all of a request, each with its own draw from the latent's distribution, as diffusers does.</summary>
    /// <param name="image">A picture whose sides are multiples of the factor.</param>
    /// <param name="shape">The latents' shape.</param>
    /// <param name="noise">The draws; null for the distribution's mean.</param>
    /// <param name="erased">Where pixels become grey, 1 a pixel; null for nowhere.</param>
    /// <param name="cancellationToken">Stops the run in flight.</param>
    public async Task<float[]> EncodeAsync(ImageBuffer image, LatentShape shape, INoiseSource? noise, float[]? erased, CancellationToken cancellationToken)
    {
        var (mean, logVariance) = await networks.EncodeAsync(ToPlanes(image, erased), cancellationToken).ConfigureAwait(false);
        var latents = new float[shape.Count];
        if (noise is not null) noise.Draw(latents, shape);
        var means = mean.Floats;
        var variances = logVariance.Floats;
        for (var i = 0; i < latents.Length; i++)
        {
            var at = i % shape.PerImage;
            latents[i] = (means[at] + (noise is null ? 0 : MathF.Exp(0.5f * variances[at]) * latents[i]) - vae.ShiftFactor) * vae.ScalingFactor;
        }

        return latents;
    }

    /// <summary>Encodes one picture as pix2pix reads it: the mean of the latent's distribution, not scaled.</summary>
    public async Task<float[]> EncodePlainAsync(ImageBuffer image, LatentShape shape, CancellationToken cancellationToken)
    {
        var (mean, _) = await networks.EncodeAsync(ToPlanes(image, null), cancellationToken).ConfigureAwait(false);
        var latents = new float[shape.Count];
        for (var i = 0; i < shape.Batch; i++) mean.Floats.CopyTo(latents.AsSpan(i * shape.PerImage));
        return latents;
    }

    static TensorData ToPlanes(ImageBuffer image, float[]? erased)
    {
        var area = image.Width * image.Height;
        var values = new float[3 * area];
        for (var i = 0; i < area; i++)
        {
            if (erased is not null && erased[i] >= 0.5f) continue;
            for (var c = 0; c < 3; c++) values[(c * area) + i] = (image.Pixels[(i * image.Channels) + c] / 127.5f) - 1;
        }

        return TensorData.Of(values, 1, 3, image.Height, image.Width);
    }
}
