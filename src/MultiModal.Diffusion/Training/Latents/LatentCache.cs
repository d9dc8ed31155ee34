using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Training.Data;
using MultiModal.Runtime;
using MultiModal.Runtime.Weights;

namespace MultiModal.Diffusion.Training.Latents;

/// <summary>
/// Latents on disk, a .safetensors file each, named by a hash of the picture's bytes, how it is cut, and the autoencoder's weights: whatever of
/// these changes, the latent is another one.
/// </summary>
sealed class LatentCache
{
    readonly string folder;
    readonly byte[] model;

    LatentCache(string folder, byte[] model)
    {
        this.folder = folder;
        this.model = model;
    }

    public static async Task<LatentCache> OpenAsync(string folder, ModelFiles model, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{model.Vae.ScalingFactor} {model.Vae.ShiftFactor}")));
        using var weights = model.OpenWeights("vae");
        await Task.Run(() =>
        {
            foreach (var name in weights.Names.Where(n => n.StartsWith("encoder.", StringComparison.Ordinal) || n.StartsWith("quant_conv.", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
            {
                cancellationToken.ThrowIfCancellationRequested();
                hash.AppendData(Encoding.UTF8.GetBytes(name));
                hash.AppendData(weights.Get(name).ToTensorData().Bytes);
            }
        }, cancellationToken).ConfigureAwait(false);
        return new(folder, hash.GetHashAndReset());
    }

    public async Task<string> KeyAsync(TrainingImage image, bool mirrored, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(model);
        hash.AppendData(await File.ReadAllBytesAsync(image.Path, cancellationToken).ConfigureAwait(false));
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{image.Placement} {mirrored}")));
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }

    /// <summary>A latent that was kept; null where there is none, or its file is damaged, which then is made anew.</summary>
    public PictureLatent? Find(string key)
    {
        var path = PathOf(key);
        if (!File.Exists(path)) return null;
        try
        {
            using var file = SafetensorsFile.Open(path);
            if (file.Find("mean") is not { Type: DType.Float32, Dimensions: [var channels, var height, var width] } mean
                || file.Find("deviation") is not { Type: DType.Float32 } deviation || deviation.Length != mean.Length) return null;
            return new((int)channels, (int)height, (int)width, mean.ToFloat32().Floats.ToArray(), deviation.ToFloat32().Floats.ToArray());
        }
        catch (InvalidFileException)
        {
            return null;
        }
    }

    public void Keep(string key, PictureLatent latent)
    {
        long[] shape = [latent.Channels, latent.Height, latent.Width];
        SafetensorsWriter.Write(PathOf(key), new Dictionary<string, TensorData> { ["mean"] = TensorData.Of(latent.Mean, shape), ["deviation"] = TensorData.Of(latent.Deviation, shape) });
    }

    string PathOf(string key) => Path.Combine(folder, key + ".safetensors");
}
