using MultiModal.Capabilities;
using MultiModal.Images;
using MultiModal.Jimeng.Baidu;
using MultiModal.Jimeng.Baidu.Images;

namespace MultiModal.Jimeng.Capabilities;

/// <summary>Baidu's image understanding as <see cref="IImageDescriber"/>.</summary>
internal sealed class BaiduDescriber(IBaiduAIClient client) : IImageDescriber
{
    public async Task<ImageCaption> DescribeAsync(ImageBuffer image, ImageDescriptionRequest? request = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        var png = PngCodec.Default.Encode(image, cancellationToken);
        var question = request?.Question is { } asked ? new ImageQuestion(png, asked) : new ImageQuestion(png);
        bool? chinese = request?.Language?.StartsWith("zh", StringComparison.OrdinalIgnoreCase) == true ? true : null;
        return new((await client.DescribeImageAsync(question with { Chinese = chinese }, cancellationToken).ConfigureAwait(false)).Text);
    }
}
