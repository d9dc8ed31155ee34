using Microsoft.Extensions.AI;
using MultiModal.Jimeng;
using MultiModal.Jimeng.Baidu;
using MultiModal.Jimeng.Baidu.Images;

namespace MultiModal.Extensions.AI;

/// <summary>Baidu's pictures as <see cref="IImageGenerator"/>.</summary>
internal sealed class BaiduImageGenerator(IBaiduAIClient client) : IImageGenerator
{
    readonly ImageGeneratorMetadata metadata = new("baidu", null, "ernie-vilg-v2");

    public async Task<ImageGenerationResponse> GenerateAsync(ImageGenerationRequest request, ImageGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var images = Request(request, options) switch
        {
            QianfanImageRequest qianfan => await client.GenerateImageAsync(qianfan, cancellationToken).ConfigureAwait(false),
            ErnieBasicImageRequest basic => await client.GenerateImageAsync(basic, null, cancellationToken).ConfigureAwait(false),
            var ernie => await client.GenerateImageAsync((ErnieImageRequest)ernie, null, cancellationToken).ConfigureAwait(false),
        };
        var wantsUrl = options?.ResponseFormat == ImageGenerationResponseFormat.Uri;
        return new ImageGenerationResponse([.. images.Select(image => image.File is { } file
            ? PictureContent.Of(file, wantsUrl)
            : new ErrorContent("The audit withheld this picture.") { ErrorCode = image.Verdict })]) { RawRepresentation = images };
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => Services.Find(serviceType, serviceKey, metadata, client, this);

    public void Dispose()
    {
        // The client belongs to whoever made it.
    }

    object Request(ImageGenerationRequest request, ImageGenerationOptions? options)
    {
        if (options?.RawRepresentationFactory?.Invoke(this) is QianfanImageRequest or ErnieImageRequest or ErnieBasicImageRequest)
            return options.RawRepresentationFactory(this)!;
        var prompt = request.Prompt ?? "";
        var extra = ChatTranslation.Extra(null, options?.AdditionalProperties);
        var originals = request.OriginalImages?.ToList() ?? [];
        if (originals.Count > 1)
            throw new CloudApiException("Baidu", BaiduOperations.SubmitImage, CloudErrorKind.InvalidInput, "ERNIE-ViLG takes one reference picture.");
        if (options?.ModelId is { } model && !model.StartsWith("ernie-vilg", StringComparison.Ordinal))
            return new QianfanImageRequest(prompt) { Model = model, Count = options.Count, Size = options.ImageSize is { } size ? $"{size.Width}x{size.Height}" : null, Extra = extra };
        return new ErnieImageRequest(prompt)
        {
            Width = options?.ImageSize?.Width ?? 1024,
            Height = options?.ImageSize?.Height ?? 1024,
            Count = options?.Count ?? 1,
            Image = (originals.FirstOrDefault() as DataContent)?.Data.ToArray(),
            Url = (originals.FirstOrDefault() as UriContent)?.Uri,
            Extra = extra,
        };
    }
}
