using MultiModal.Capabilities;
using MultiModal.Pipeline.Composition;

namespace MultiModal.Pipeline.Steps;

/// <summary>A text to a language model's answer.</summary>
/// <param name="engine">Who answers.</param>
/// <param name="instructions">What the model is told to do with the text; null for nothing.</param>
/// <param name="request">Model, temperature and length; its messages are replaced. Null for the model's own.</param>
public sealed class ChatStep(IChatModel engine, string? instructions = null, ChatModelRequest? request = null) : IPipelineStep<string, string>
{
    readonly ChatModelRequest request = request ?? new();

    /// <inheritdoc/>
    public async ValueTask<string> InvokeAsync(string input, StepContext context, CancellationToken cancellationToken)
    {
        ChatMessage[] messages = instructions is null ? [ChatMessage.User(input)] : [ChatMessage.System(instructions), ChatMessage.User(input)];
        return (await engine.CompleteAsync(request with { Messages = messages }, cancellationToken).ConfigureAwait(false)).Text;
    }
}
