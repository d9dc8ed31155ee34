using System.Numerics.Tensors;
using MultiModal.Runtime;

namespace MultiModal.Diffusion.Generation;

/// <summary>
/// Decodes, and looks at what comes out: SDXL's autoencoder exceeds half precision, and a device that computes in it gives NaN, which would be
/// a black picture. Such a picture is decoded again in full precision, and so is every later one.
/// </summary>
/// <param name="decode">The decoder as the model was loaded.</param>
/// <param name="decodeFully">The same in full precision; null where there is nothing better.</param>
sealed class SafeDecoder(Func<TensorData, CancellationToken, ValueTask<TensorData>> decode, Func<TensorData, CancellationToken, ValueTask<TensorData>>? decodeFully)
{
    volatile bool fails;

    /// <summary>What a result says of a repair.</summary>
    internal const string RepairNote = "The autoencoder exceeded half precision; the picture was decoded in full precision.";

    /// <summary>What a result says where there was nothing to repair with.</summary>
    internal const string FailureNote = "The autoencoder's result is not finite, and neither is it in full precision: the latents, or the model's weights, are damaged.";

    /// <summary>Decodes.</summary>
    /// <returns>The picture, and what is to be said of it; null for nothing.</returns>
    public async ValueTask<(TensorData Image, string? Note)> DecodeAsync(TensorData latents, CancellationToken cancellationToken)
    {
        if (!fails || decodeFully is null)
        {
            var image = await decode(latents, cancellationToken).ConfigureAwait(false);
            if (IsFinite(image)) return (image, null);
            if (decodeFully is null) return (image, FailureNote);
        }

        var again = await decodeFully(latents, cancellationToken).ConfigureAwait(false);
        if (!IsFinite(again)) return (again, FailureNote);
        fails = true;
        return (again, RepairNote);
    }

    // A sum of magnitudes is finite only where all of them are.
    static bool IsFinite(TensorData tensor) => float.IsFinite(TensorPrimitives.SumOfMagnitudes<float>(tensor.Floats));
}
