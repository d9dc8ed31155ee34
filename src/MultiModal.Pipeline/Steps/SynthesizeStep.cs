using MultiModal.Audio;
using MultiModal.Capabilities;
using MultiModal.Pipeline.Composition;

namespace MultiModal.Pipeline.Steps;

/// <summary>Text to speech.</summary>
/// <param name="engine">Who speaks.</param>
/// <param name="request">What is wanted; null for the engine's usual voice.</param>
public sealed class SynthesizeStep(ISpeechSynthesizer engine, SpeechRequest? request = null) : IPipelineStep<string, AudioClip>
{
    /// <inheritdoc/>
    public async ValueTask<AudioClip> InvokeAsync(string input, StepContext context, CancellationToken cancellationToken) =>
        await engine.SynthesizeAsync(input, request, cancellationToken).ConfigureAwait(false);
}
