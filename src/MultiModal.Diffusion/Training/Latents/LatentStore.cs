using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Networks;
using MultiModal.Diffusion.Training.Data;
using MultiModal.Runtime;
using MultiModal.Runtime.Graphs.Onnx;
using MultiModal.Runtime.Graphs.Passes;
using MultiModal.Runtime.Sessions;
using MultiModal.Runtime.Weights;

namespace MultiModal.Diffusion.Training.Latents;

/// <summary>The latents of a data set, encoded once before training. In memory: a picture of 512x512 takes 128 kB.</summary>
sealed class LatentStore
{
    readonly PictureLatent[][] latents;

    LatentStore(PictureLatent[][] latents) => this.latents = latents;

    public int Count => latents.Length;

    /// <summary>A picture's latent, or its mirror image's.</summary>
    public PictureLatent this[int index, bool mirrored] => latents[index][mirrored && latents[index].Length > 1 ? 1 : 0];

    /// <summary>Encodes every picture of a data set, or finds it in the cache.</summary>
    /// <param name="model">The model.</param>
    /// <param name="dataset">The pictures.</param>
    /// <param name="mirror">Whether mirror images are encoded, too.</param>
    /// <param name="cache">Where latents are kept from one run to the next; null for nowhere.</param>
    /// <param name="runtime">Where the autoencoder runs.</param>
    /// <param name="cancellationToken">Stops encoding; what is in the cache stays.</param>
    public static async Task<LatentStore> EncodeAsync(
        ModelFiles model, ImageDataset dataset, bool mirror, LatentCache? cache, RuntimeOptions? runtime, CancellationToken cancellationToken)
    {
        var latents = new PictureLatent[dataset.Images.Count][];
        await using var encoder = new LazyEncoder(model, runtime);
        for (var i = 0; i < latents.Length; i++)
        {
            var image = dataset.Images[i];
            latents[i] = new PictureLatent[mirror ? 2 : 1];
            for (var n = 0; n < latents[i].Length; n++)
            {
                var key = cache is null ? null : await cache.KeyAsync(image, n == 1, cancellationToken).ConfigureAwait(false);
                if (key is not null && cache!.Find(key) is { } known)
                {
                    latents[i][n] = known;
                    continue;
                }

                var picture = await dataset.LoadAsync(i, cancellationToken: cancellationToken).ConfigureAwait(false);
                var planes = TensorData.Zeros(DType.Float32, 1, 3, picture.Height, picture.Width);
                PicturePlanes.Write(picture, planes.Floats, n == 1);
                latents[i][n] = await encoder.EncodeAsync(planes, cancellationToken).ConfigureAwait(false);
                if (key is not null) cache!.Keep(key, latents[i][n]);
            }
        }

        return new(latents);
    }

    /// <summary>The autoencoder's encoder, compiled when the first picture needs it.</summary>
    sealed class LazyEncoder(ModelFiles model, RuntimeOptions? runtime) : IAsyncDisposable
    {
        NetworkSession? session;

        public async Task<PictureLatent> EncodeAsync(TensorData planes, CancellationToken cancellationToken)
        {
            session ??= await CompileAsync(cancellationToken).ConfigureAwait(false);
            var results = await session.RunAsync(new Dictionary<string, TensorData> { ["image"] = planes }, cancellationToken: cancellationToken).ConfigureAwait(false);
            var (mean, logVariance, vae) = (results["mean"], results["logvar"], model.Vae);
            var deviation = new float[mean.Length];
            for (var i = 0; i < deviation.Length; i++)
            {
                deviation[i] = MathF.Exp(0.5f * logVariance.Floats[i]) * vae.ScalingFactor;
                mean.Floats[i] = (mean.Floats[i] - vae.ShiftFactor) * vae.ScalingFactor;
            }

            return new((int)mean.Dimensions[1], (int)mean.Dimensions[2], (int)mean.Dimensions[3], mean.Floats.ToArray(), deviation);
        }

        public async ValueTask DisposeAsync()
        {
            if (session is not null) await session.DisposeAsync().ConfigureAwait(false);
        }

        async Task<NetworkSession> CompileAsync(CancellationToken cancellationToken)
        {
            using var weights = model.OpenWeights("vae");
            var network = OnnxWriter.Write(DiffusionGraphs.VaeEncoder(model.Vae).Optimise(), weights);
            return await NetworkSession.CreateAsync(network, runtime, "The autoencoder", cancellationToken: cancellationToken).ConfigureAwait(false);
        }
    }
}
