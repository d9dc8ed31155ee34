using System.Runtime.CompilerServices;
using MultiModal.Capabilities;
using MultiModal.Jimeng.Chat;

namespace MultiModal.Jimeng.Capabilities;

/// <summary>A chat endpoint as <see cref="IChatModel"/>.</summary>
internal sealed class EndpointChatModel(IChatCompletionClient client) : IChatModel
{
    public async Task<ChatReply> CompleteAsync(ChatModelRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var answer = await client.CompleteAsync(Translate(request), cancellationToken).ConfigureAwait(false);
        return new(answer.Text)
        {
            Model = answer.Model,
            InputTokens = answer.Usage?.PromptTokens,
            OutputTokens = answer.Usage?.CompletionTokens,
            IsTruncated = answer.Choices is [{ FinishReason: "length" }, ..],
        };
    }

    public async IAsyncEnumerable<string> StreamAsync(ChatModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        await foreach (var chunk in client.StreamAsync(Translate(request), cancellationToken).ConfigureAwait(false))
        {
            if (chunk.Text.Length > 0)
                yield return chunk.Text;
        }
    }

    static ChatRequest Translate(ChatModelRequest request) => new([.. request.Messages.Select(static message => message.Role switch
    {
        ChatRole.System => ChatTurn.System(message.Text),
        ChatRole.User => ChatTurn.User(message.Text),
        _ => ChatTurn.Assistant(message.Text),
    })])
    {
        Model = request.Model,
        Temperature = request.Temperature,
        MaxTokens = request.MaxTokens,
    };
}
