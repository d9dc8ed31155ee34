using MultiModal.Capabilities;
using MultiModal.Images;
using MultiModal.Jimeng.Volcengine;

namespace MultiModal.Jimeng.Capabilities;

/// <summary>Jimeng's image to image as <see cref="IImageEditor"/>.</summary>
internal sealed class JimengEditor(IJimengClient client, CloudPictures pictures) : IImageEditor
{
    public async Task<ImageGenerationResult> EditAsync(ImageBuffer image, ImageEditRequest request, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(request);
        if (request.Mask is not null)
            throw new ArgumentException("Jimeng's image to image takes no mask. Say in the prompt what shall change, or use a local model.", nameof(request));
        var edit = new Jimeng3EditRequest(PngCodec.Default.Encode(image, cancellationToken), request.Prompt) { Scale = request.Strength, Seed = request.Seed };
        var result = await client.GenerateAsync(edit, null, cancellationToken).ConfigureAwait(false);
        if (result.Files.Count == 0)
            throw new CloudApiException("Volcengine", JimengOperations.GetResult, CloudErrorKind.UnexpectedResponse, "The task is done, but there is no picture.");
        var images = new List<ImageBuffer>();
        foreach (var file in result.Files)
            images.Add(await pictures.ReadAsync(file, JimengOperations.Download, cancellationToken).ConfigureAwait(false));
        progress?.Report(1);
        return new(images) { Model = edit.ReqKey, Seed = request.Seed };
    }
}
