using MultiModal.Capabilities;
using MultiModal.Images;
using MultiModal.Pipeline.Composition;

namespace MultiModal.Pipeline.Steps;

/// <summary>Lets pictures through that a censor passes; the others fail with <see cref="ContentRejectedException"/>.</summary>
/// <param name="censor">Who judges.</param>
/// <param name="allowReview">Whether pictures that a person should look at pass too. Default false.</param>
public sealed class CensorImageStep(IImageCensor censor, bool allowReview = false) : IPipelineStep<ImageBuffer, ImageBuffer>
{
    /// <inheritdoc/>
    public async ValueTask<ImageBuffer> InvokeAsync(ImageBuffer input, StepContext context, CancellationToken cancellationToken)
    {
        var judgement = await censor.CensorAsync(input, cancellationToken).ConfigureAwait(false);
        return judgement.IsPass || (allowReview && judgement.Verdict == ContentVerdict.Review) ? input : throw new ContentRejectedException("picture", judgement);
    }
}
