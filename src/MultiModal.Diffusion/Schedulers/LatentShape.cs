namespace MultiModal.Diffusion.Schedulers;

/// <summary>The shape of latents: [batch, channels, height, width], row-major.</summary>
/// <param name="Batch">Pictures made at once.</param>
/// <param name="Channels">4 for Stable Diffusion.</param>
/// <param name="Height">Rows; an eighth of the picture's.</param>
/// <param name="Width">Columns; an eighth of the picture's.</param>
public readonly record struct LatentShape(int Batch, int Channels, int Height, int Width)
{
    /// <summary>Elements of one picture's latents.</summary>
    public int PerImage => checked(Channels * Height * Width);

    /// <summary>All elements.</summary>
    public int Count => checked(Batch * PerImage);
}
