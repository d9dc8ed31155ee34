using MultiModal.Capabilities;
using MultiModal.Images;
using MultiModal.Jimeng.Baidu;

namespace MultiModal.Jimeng.Capabilities;

/// <summary>Baidu's image censor as <see cref="IImageCensor"/>.</summary>
internal sealed class BaiduImageCensor(IBaiduAIClient client) : IImageCensor
{
    const int Smallest = 128;
    const int Largest = 4096;

    public async Task<ContentJudgement> CensorAsync(ImageBuffer image, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        var png = PngCodec.Default.Encode(Fit(image), cancellationToken);
        return BaiduJudgement.Of(await client.CensorImageAsync(new(png), cancellationToken).ConfigureAwait(false));
    }

    /// <summary>The picture within the sides that the service takes.</summary>
    static ImageBuffer Fit(ImageBuffer image)
    {
        var (shorter, longer) = (Math.Min(image.Width, image.Height), Math.Max(image.Width, image.Height));
        var scale = longer > Largest ? (double)Largest / longer : shorter < Smallest ? Math.Min((double)Smallest / shorter, (double)Largest / longer) : 1;
        return scale == 1 ? image : image.Resize(Side(image.Width), Side(image.Height));

        // A strip of one pixel by thousands cannot keep its shape: it is seen stretched rather than not at all.
        int Side(int side) => Math.Clamp((int)Math.Round(side * scale), Smallest, Largest);
    }
}
