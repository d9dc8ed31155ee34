using MultiModal.Runtime;

namespace MultiModal.Diffusion.Generation;

/// <summary>A prompt as the UNet reads it.</summary>
/// <param name="Context">[1, tokens, features]</param>
/// <param name="Pooled">SDXL: [1, features]; null for others.</param>
sealed record Conditioning(TensorData Context, TensorData? Pooled)
{
    /// <summary>The same for several pictures, or several prompts one after the other, along the batch.</summary>
    public static Conditioning Stack(IReadOnlyList<Conditioning> parts) =>
        new(Stack([.. parts.Select(p => p.Context)]), parts[0].Pooled is null ? null : Stack([.. parts.Select(p => p.Pooled!)]));

    /// <summary>All zeros, of the same shape.</summary>
    public Conditioning Zeros() => new(Zeros(Context), Pooled is null ? null : Zeros(Pooled));

    static TensorData Zeros(TensorData like) => TensorData.Zeros(DType.Float32, [.. like.Dimensions]);

    static TensorData Stack(IReadOnlyList<TensorData> parts)
    {
        var values = new float[parts.Sum(p => p.Length)];
        var offset = 0;
        foreach (var part in parts)
        {
            part.Floats.CopyTo(values.AsSpan(offset));
            offset += part.Length;
        }

        return TensorData.Of(values, [parts.Count, .. parts[0].Dimensions.Skip(1)]);
    }
}
