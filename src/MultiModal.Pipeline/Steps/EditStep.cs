using MultiModal.Capabilities;
using MultiModal.Images;
using MultiModal.Pipeline.Composition;

namespace MultiModal.Pipeline.Steps;

/// <summary>A picture, changed.</summary>
/// <param name="engine">Who changes it.</param>
/// <param name="request">How.</param>
public sealed class EditStep(IImageEditor engine, ImageEditRequest request) : IPipelineStep<ImageBuffer, ImageBuffer>
{
    /// <inheritdoc/>
    public async ValueTask<ImageBuffer> InvokeAsync(ImageBuffer input, StepContext context, CancellationToken cancellationToken) =>
        (await engine.EditAsync(input, request, context.Progress, cancellationToken).ConfigureAwait(false)).Images[0];
}
