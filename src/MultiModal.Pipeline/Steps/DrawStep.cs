using MultiModal.Capabilities;
using MultiModal.Images;
using MultiModal.Pipeline.Composition;

namespace MultiModal.Pipeline.Steps;

/// <summary>A prompt to a picture.</summary>
/// <param name="engine">Who draws.</param>
/// <param name="request">What is wanted besides the prompt, which is replaced; null for the engine's defaults. One picture is drawn, whatever its count says.</param>
public sealed class DrawStep(IImageGenerator engine, ImageGenerationRequest? request = null) : IPipelineStep<string, ImageBuffer>
{
    readonly ImageGenerationRequest request = (request ?? new("")) with { Count = 1 };

    /// <inheritdoc/>
    public async ValueTask<ImageBuffer> InvokeAsync(string input, StepContext context, CancellationToken cancellationToken) =>
        (await engine.GenerateAsync(request with { Prompt = input }, context.Progress, cancellationToken).ConfigureAwait(false)).Images[0];
}
