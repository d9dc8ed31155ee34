using MultiModal.Capabilities;
using MultiModal.Images;
using MultiModal.Jimeng.Baidu;
using MultiModal.Jimeng.Baidu.Images;

namespace MultiModal.Jimeng.Capabilities;

/// <summary>Baidu's pictures as <see cref="IImageGenerator"/>.</summary>
internal sealed class BaiduDrawer(IBaiduAIClient client, string? model, CloudPictures pictures) : IImageGenerator
{
    public async Task<ImageGenerationResult> GenerateAsync(ImageGenerationRequest request, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Width is null != request.Height is null)
            throw new ArgumentException("Width and height go together.", nameof(request));
        var drawn = model is null
            ? await client.GenerateImageAsync(Ernie(request), progress is null ? null : new TaskProgress(progress), cancellationToken).ConfigureAwait(false)
            : await client.GenerateImageAsync(Qianfan(request, model), cancellationToken).ConfigureAwait(false);
        var images = new List<ImageBuffer>();
        foreach (var image in drawn)
        {
            // What the audit withheld has no bytes; where it withheld everything, the client has already said so.
            if (image.File is { } file)
                images.Add(await pictures.ReadAsync(file, BaiduOperations.SubmitImage, cancellationToken).ConfigureAwait(false));
        }

        progress?.Report(1);
        return images.Count > 0
            ? new(images) { Model = model ?? "ernie-vilg-v2", Seed = model is null ? null : request.Seed }
            : throw new CloudApiException("Baidu", BaiduOperations.SubmitImage, CloudErrorKind.ContentBlocked, "The audit withheld every picture.");
    }

    static ErnieImageRequest Ernie(ImageGenerationRequest request)
    {
        var made = new ErnieImageRequest(request.Prompt) { Count = request.Count };
        return request is { Width: { } width, Height: { } height } ? made with { Width = width, Height = height } : made;
    }

    static QianfanImageRequest Qianfan(ImageGenerationRequest request, string model) => new(request.Prompt)
    {
        Model = model,
        NegativePrompt = request.NegativePrompt,
        Count = request.Count == 1 ? null : request.Count,
        Size = request.Width is null ? null : $"{request.Width}x{request.Height}",
        Seed = request.Seed,
    };

    sealed class TaskProgress(IProgress<double> progress) : IProgress<ErnieImageTask>
    {
        public void Report(ErnieImageTask value)
        {
            if (value.Progress is { } part)
                progress.Report(part);
        }
    }
}
