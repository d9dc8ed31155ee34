using MultiModal.Capabilities;
using MultiModal.Pipeline.Composition;
using MultiModal.Pipeline.Prompts;

namespace MultiModal.Pipeline.Ready;

/// <summary>Draws a text, looks at the picture, and draws again with another seed until what is seen says the text; the picture that fits best is kept.</summary>
/// <param name="generator">Who draws.</param>
/// <param name="describer">Who looks.</param>
/// <param name="censor">Who judges each picture; one that is not passed counts as an attempt and is never kept.</param>
/// <param name="options">How well a picture must fit, and how often is tried.</param>
internal sealed class IllustrateStep(IImageGenerator generator, IImageDescriber describer, IImageCensor? censor, StoryTellerOptions options) : IPipelineStep<string, Illustration>
{
    public async ValueTask<Illustration> InvokeAsync(string input, StepContext context, CancellationToken cancellationToken)
    {
        var request = options.Picture with { Prompt = options.Template.Fill(input), Count = 1 };
        Illustration? best = null;
        ContentJudgement? rejection = null;
        for (var attempt = 1; attempt <= options.MaxAttempts; attempt++)
        {
            var image = (await generator.GenerateAsync(request with { Seed = options.Picture.Seed + attempt - 1 }, null, cancellationToken).ConfigureAwait(false)).Images[0];
            var judgement = censor is null ? ContentJudgement.Passed : await censor.CensorAsync(image, cancellationToken).ConfigureAwait(false);
            if (!judgement.IsPass)
            {
                rejection = judgement;
                continue;
            }

            var caption = (await describer.DescribeAsync(image, null, cancellationToken).ConfigureAwait(false)).Text;
            var match = CaptionMatch.Score(input, caption);
            if (best is null || match > best.Match)
                best = new(image, caption, match, attempt);
            best = best with { Attempts = attempt };
            context.Report(attempt / (double)options.MaxAttempts);
            if (match >= options.MinMatch)
                break;
        }

        return best ?? throw new Steps.ContentRejectedException("picture", rejection!);
    }
}
