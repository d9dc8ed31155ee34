using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using MultiModal.Jimeng.Chat;

namespace MultiModal.Extensions.AI;

/// <summary>A chat endpoint as <see cref="IChatClient"/>.</summary>
internal sealed class CloudChatClient(IChatCompletionClient client) : IChatClient
{
    readonly ChatClientMetadata metadata = new(client.Name.ToLowerInvariant(), client.Endpoint, client.DefaultModel);

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var answer = await client.CompleteAsync(ChatTranslation.Request(messages, options, this), cancellationToken).ConfigureAwait(false);
        var choice = answer.Choices is [var first, ..] ? first : null;
        return new ChatResponse(new ChatMessage(ChatRole.Assistant, ChatTranslation.Contents(choice?.Message)) { MessageId = answer.Id, RawRepresentation = choice?.Message })
        {
            ResponseId = answer.Id,
            ModelId = answer.Model,
            CreatedAt = answer.Created is { } seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null,
            FinishReason = ChatTranslation.Reason(choice?.FinishReason),
            Usage = ChatTranslation.Usage(answer.Usage),
            RawRepresentation = answer,
        };
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var calls = new ToolCallCollector();
        await foreach (var chunk in client.StreamAsync(ChatTranslation.Request(messages, options, this), cancellationToken).ConfigureAwait(false))
        {
            var choice = chunk.Choices is [var first, ..] ? first : null;
            var contents = ChatTranslation.Contents(choice?.Delta is { } delta ? delta with { ToolCalls = null } : null);
            calls.Add(choice?.Delta?.ToolCalls);
            // Arguments come in pieces; a call is handed on when the answer ends.
            if (choice?.FinishReason is not null)
                contents.AddRange(calls.Take());
            if (ChatTranslation.Usage(chunk.Usage) is { } usage)
                contents.Add(new UsageContent(usage));
            yield return new ChatResponseUpdate(ChatRole.Assistant, contents)
            {
                ResponseId = chunk.Id,
                MessageId = chunk.Id,
                ModelId = chunk.Model,
                CreatedAt = chunk.Created is { } seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null,
                FinishReason = ChatTranslation.Reason(choice?.FinishReason),
                RawRepresentation = chunk,
            };
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => Services.Find(serviceType, serviceKey, metadata, client, this);

    public void Dispose()
    {
        // The client belongs to whoever made it.
    }
}
