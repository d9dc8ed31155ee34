using MultiModal.Diffusion.Steering;
using MultiModal.Images;

namespace MultiModal.Diffusion.Safety;

/// <summary>Judges finished pictures and changes those that are unsafe.</summary>
sealed class PictureGuard(SafetyChecker checker, UnsafePictures action, float strictness) : IAsyncDisposable
{
    /// <summary>The picture as it may be handed over, and the verdict on what was drawn.</summary>
    public async Task<(ImageBuffer Image, SafetyVerdict Verdict)> GuardAsync(ImageBuffer image, CancellationToken cancellationToken)
    {
        var verdict = await checker.CheckAsync(image, strictness, cancellationToken).ConfigureAwait(false);
        return (!verdict.IsUnsafe ? image : action switch
        {
            UnsafePictures.Report => image,
            UnsafePictures.Withhold => new ImageBuffer(image.Width, image.Height),
            _ => Blur(image),
        }, verdict);
    }

    public ValueTask DisposeAsync() => checker.DisposeAsync();

    /// <summary>By an eighth of the shorter side: shapes are gone, colours stay.</summary>
    internal static ImageBuffer Blur(ImageBuffer image)
    {
        // Shrunk first, so that the Gaussian stays small.
        var shrink = Math.Max(1, Math.Min(image.Width, image.Height) / 64);
        var small = image.WithChannels(3).Resize(Math.Max(1, image.Width / shrink), Math.Max(1, image.Height / shrink), ResizeFilter.Box);
        var deviation = Math.Max(1, Math.Min(small.Width, small.Height) / 8.0);
        var plane = new float[small.Width * small.Height];
        for (var c = 0; c < 3; c++)
        {
            for (var i = 0; i < plane.Length; i++) plane[i] = small.Pixels[(i * 3) + c];
            var blurred = GaussianBlur.Apply(plane, small.Width, small.Height, deviation);
            for (var i = 0; i < plane.Length; i++) small.Pixels[(i * 3) + c] = (byte)Math.Clamp(MathF.Round(blurred[i]), 0, 255);
        }

        return small.Resize(image.Width, image.Height, ResizeFilter.Bilinear);
    }
}
