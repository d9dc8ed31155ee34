namespace MultiModal.Diffusion.Training.Data;

/// <summary>How a picture comes to the size of its bucket: scaled to cover it, then cut.</summary>
/// <param name="Width">Columns of the bucket.</param>
/// <param name="Height">Rows of the bucket.</param>
/// <param name="ScaledWidth">Columns after scaling, at least those of the bucket.</param>
/// <param name="ScaledHeight">Rows after scaling.</param>
public readonly record struct BucketPlacement(int Width, int Height, int ScaledWidth, int ScaledHeight);
