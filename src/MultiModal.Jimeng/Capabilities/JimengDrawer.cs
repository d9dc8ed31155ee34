using MultiModal.Capabilities;
using MultiModal.Images;
using MultiModal.Jimeng.Volcengine;

namespace MultiModal.Jimeng.Capabilities;

/// <summary>Jimeng as <see cref="IImageGenerator"/>.</summary>
internal sealed class JimengDrawer(IJimengClient client, string? model, CloudPictures pictures) : IImageGenerator
{
    public async Task<ImageGenerationResult> GenerateAsync(ImageGenerationRequest request, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentOutOfRangeException.ThrowIfLessThan(request.Count, 1);
        var key = model ?? JimengKeys.TextToImage31;
        var images = new List<ImageBuffer>();
        for (var i = 0; i < request.Count; i++)
        {
            var result = await client.GenerateAsync(
                new Jimeng3ImageRequest(request.Prompt) { ReqKey = key, Width = request.Width, Height = request.Height, Seed = request.Seed + i }, null, cancellationToken).ConfigureAwait(false);
            foreach (var file in result.Files)
                images.Add(await pictures.ReadAsync(file, JimengOperations.Download, cancellationToken).ConfigureAwait(false));
            progress?.Report((i + 1.0) / request.Count);
        }

        return images.Count > 0
            ? new(images) { Model = key, Seed = request.Seed }
            : throw new CloudApiException("Volcengine", JimengOperations.GetResult, CloudErrorKind.UnexpectedResponse, "The task is done, but there is no picture.");
    }
}
