using Microsoft.Extensions.AI;
using MultiModal.Jimeng;
using MultiModal.Jimeng.Volcengine;

namespace MultiModal.Extensions.AI;

/// <summary>Jimeng as <see cref="IImageGenerator"/>.</summary>
internal sealed class JimengImageGenerator(IJimengClient client) : IImageGenerator
{
    readonly ImageGeneratorMetadata metadata = new("volcengine", null, JimengKeys.TextToImage31);

    public async Task<ImageGenerationResponse> GenerateAsync(ImageGenerationRequest request, ImageGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var asked = Request(request, options);
        var wantsUrl = options?.ResponseFormat == ImageGenerationResponseFormat.Uri;
        // One request makes one picture; several are several requests, billed each.
        var results = new List<JimengResult>();
        for (var i = 0; i < Math.Max(1, options?.Count ?? 1); i++)
            results.Add(await client.GenerateAsync(asked, null, cancellationToken).ConfigureAwait(false));
        return new ImageGenerationResponse([.. results.SelectMany(static result => result.Files).Select(file => PictureContent.Of(file, wantsUrl))]) { RawRepresentation = results.Count == 1 ? results[0] : results };
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => Services.Find(serviceType, serviceKey, metadata, client, this);

    public void Dispose()
    {
        // The client belongs to whoever made it.
    }

    JimengRequest Request(ImageGenerationRequest request, ImageGenerationOptions? options)
    {
        if (options?.RawRepresentationFactory?.Invoke(this) is JimengRequest given)
            return given;
        var prompt = request.Prompt ?? "";
        var (width, height) = (options?.ImageSize?.Width, options?.ImageSize?.Height);
        var extra = ChatTranslation.Extra(null, options?.AdditionalProperties);
        var originals = request.OriginalImages?.ToList() ?? [];
        JimengRequest made = originals switch
        {
            [DataContent data] => new Jimeng3EditRequest(data.Data.ToArray(), prompt) { Width = width, Height = height },
            { Count: > 0 } when originals.TrueForAll(static item => item is UriContent) => new Jimeng40ImageRequest(prompt) { ImageUrls = [.. originals.Cast<UriContent>().Select(static item => item.Uri)], Width = width, Height = height },
            { Count: > 0 } => throw new CloudApiException("Volcengine", JimengOperations.Submit, CloudErrorKind.InvalidInput, "Several pictures are taken as addresses only.", "Give UriContent, or a single DataContent."),
            _ => new Jimeng3ImageRequest(prompt) { Width = width, Height = height },
        };
        return made with { ReqKey = options?.ModelId ?? made.ReqKey, Extra = extra };
    }
}
