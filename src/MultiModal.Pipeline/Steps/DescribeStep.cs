using MultiModal.Capabilities;
using MultiModal.Images;
using MultiModal.Pipeline.Composition;

namespace MultiModal.Pipeline.Steps;

/// <summary>A picture to what it shows.</summary>
/// <param name="engine">Who looks.</param>
/// <param name="request">What is wanted; null for a description.</param>
public sealed class DescribeStep(IImageDescriber engine, ImageDescriptionRequest? request = null) : IPipelineStep<ImageBuffer, string>
{
    /// <inheritdoc/>
    public async ValueTask<string> InvokeAsync(ImageBuffer input, StepContext context, CancellationToken cancellationToken) =>
        (await engine.DescribeAsync(input, request, cancellationToken).ConfigureAwait(false)).Text;
}
