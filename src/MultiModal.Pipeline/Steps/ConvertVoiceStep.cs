using MultiModal.Audio;
using MultiModal.Capabilities;
using MultiModal.Pipeline.Composition;

namespace MultiModal.Pipeline.Steps;

/// <summary>A voice into another.</summary>
/// <param name="engine">Who converts.</param>
/// <param name="request">What is wanted; null for the first voice as it comes.</param>
public sealed class ConvertVoiceStep(IVoiceConverter engine, VoiceConversionRequest? request = null) : IPipelineStep<AudioClip, AudioClip>
{
    /// <inheritdoc/>
    public async ValueTask<AudioClip> InvokeAsync(AudioClip input, StepContext context, CancellationToken cancellationToken) =>
        await engine.ConvertAsync(input, request, context.Progress, cancellationToken).ConfigureAwait(false);
}
