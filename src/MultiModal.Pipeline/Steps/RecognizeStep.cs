using MultiModal.Audio;
using MultiModal.Capabilities;
using MultiModal.Pipeline.Composition;

namespace MultiModal.Pipeline.Steps;

/// <summary>Speech to text.</summary>
/// <param name="engine">Who listens.</param>
/// <param name="request">What is wanted; null for the engine's defaults.</param>
public sealed class RecognizeStep(ISpeechRecognizer engine, TranscriptionRequest? request = null) : IPipelineStep<AudioClip, string>
{
    /// <inheritdoc/>
    public async ValueTask<string> InvokeAsync(AudioClip input, StepContext context, CancellationToken cancellationToken) =>
        (await engine.RecognizeAsync(input, request, cancellationToken).ConfigureAwait(false)).Text;
}
