using MultiModal.Capabilities;
using MultiModal.Pipeline.Composition;

namespace MultiModal.Pipeline.Steps;

/// <summary>Lets texts through that a censor passes; the others fail with <see cref="ContentRejectedException"/>.</summary>
/// <param name="censor">Who judges.</param>
/// <param name="allowReview">Whether texts that a person should look at pass too. Default false.</param>
public sealed class CensorTextStep(ITextCensor censor, bool allowReview = false) : IPipelineStep<string, string>
{
    /// <inheritdoc/>
    public async ValueTask<string> InvokeAsync(string input, StepContext context, CancellationToken cancellationToken)
    {
        var judgement = await censor.CensorAsync(input, cancellationToken).ConfigureAwait(false);
        return judgement.IsPass || (allowReview && judgement.Verdict == ContentVerdict.Review) ? input : throw new ContentRejectedException("text", judgement);
    }
}
