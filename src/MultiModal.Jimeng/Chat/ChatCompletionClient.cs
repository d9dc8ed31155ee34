using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using MultiModal.Jimeng.Http;

namespace MultiModal.Jimeng.Chat;

/// <summary>
/// A client of one chat endpoint. Qianfan's is <see cref="Baidu.IBaiduAIClient.Chat"/>; any other comes from
/// <c>services.AddChatEndpoint(…)</c>. Its members are virtual and it has a constructor without arguments, for fakes.
/// </summary>
public class ChatCompletionClient : IChatCompletionClient
{
    static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(60);

    readonly CloudTransport transport = null!;
    readonly ChatEndpoint endpoint = null!;

    /// <summary>For fakes: a client that can do nothing unless its members are overridden.</summary>
    protected ChatCompletionClient()
    {
    }

    internal ChatCompletionClient(CloudTransport transport, ChatEndpoint endpoint)
    {
        this.transport = transport;
        this.endpoint = endpoint;
    }

    /// <inheritdoc/>
    public virtual string Name => endpoint.Vendor;

    /// <inheritdoc/>
    public virtual string? DefaultModel => endpoint.Model;

    /// <inheritdoc/>
    public virtual Uri Endpoint => endpoint.Uri;

    /// <inheritdoc/>
    public virtual async Task<ChatCompletion> CompleteAsync(ChatRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var call = Call(streams: false, request);
        using var message = Message(request with { Model = request.Model ?? endpoint.Model, Stream = null });
        return await transport.SendAsync(call, message, ChatJson.Relaxed.ChatCompletion, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public virtual async IAsyncEnumerable<ChatChunk> StreamAsync(ChatRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var call = Call(streams: true, request);
        using var message = Message(request with
        {
            Model = request.Model ?? endpoint.Model,
            Stream = true,
            StreamOptions = request.StreamOptions ?? new JsonObject { ["include_usage"] = true },
        });
        using var response = await transport.OpenAsync(call, message, cancellationToken).ConfigureAwait(false);
        if (response.Content is BufferedContent whole)
        {
            // The endpoint does not stream: its whole answer is the one piece.
            yield return AsChunk(CloudTransport.Read(call, whole.Bytes, ChatJson.Relaxed.ChatCompletion));
            yield break;
        }

        using var idle = new IdleTimer(transport.Time, IdleTimeout, cancellationToken);
        await using var stream = await response.Content.ReadAsStreamAsync(idle.Token).ConfigureAwait(false);
        var events = SseParser.Create(stream).EnumerateAsync(idle.Token).GetAsyncEnumerator(idle.Token);
        await using var disposal = events.ConfigureAwait(false);
        var finished = false;
        while (await NextAsync(events, call, idle, cancellationToken).ConfigureAwait(false))
        {
            idle.Restart();
            var data = events.Current.Data;
            if (data == "[DONE]")
                yield break;
            if (data.Length == 0)
                continue;
            var chunk = Parse(call, response, data);
            finished |= chunk.Choices?.Any(static choice => choice.FinishReason is not null) == true;
            yield return chunk;
        }

        if (!finished)
            throw new CloudFault(CloudErrorKind.UnexpectedResponse, Recovery.Unclear, "The stream ended in the middle of the answer.").ToException(call);
    }

    static async ValueTask<bool> NextAsync(IAsyncEnumerator<SseItem<string>> events, CloudCall call, IdleTimer idle, CancellationToken cancellationToken)
    {
        try
        {
            return await events.MoveNextAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && idle.HasElapsed)
        {
            throw new CloudFault(CloudErrorKind.Timeout, Recovery.Unclear, $"The stream was silent for {IdleTimeout.TotalSeconds:0} s.").ToException(call);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw HttpFaults.FromException(exception).ToException(call);
        }
    }

    static ChatChunk Parse(CloudCall call, HttpResponseMessage response, string data)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(data);
        if (ChatFaults.Read(response, bytes) is { } fault)
            throw fault.ToException(call);
        return CloudTransport.Read(call, bytes, ChatJson.Relaxed.ChatChunk);
    }

    static ChatChunk AsChunk(ChatCompletion whole) => new()
    {
        Id = whole.Id,
        Model = whole.Model,
        Created = whole.Created,
        Usage = whole.Usage,
        Extra = whole.Extra,
        Choices = [.. (whole.Choices ?? []).Select(static choice => choice with { Delta = choice.Message, Message = null })],
    };

    CloudCall Call(bool streams, ChatRequest request) => new()
    {
        Vendor = endpoint.Vendor,
        Operation = endpoint.Operation,
        Partition = request.Model ?? endpoint.Model ?? "",
        Safety = CallSafety.Paid,
        ReadFault = ChatFaults.Read,
        Token = endpoint.Token,
        Streams = streams,
        AttemptTimeout = TimeSpan.FromMinutes(2),
    };

    HttpRequestMessage Message(ChatRequest request) => new(HttpMethod.Post, endpoint.Uri)
    {
        Content = CloudCall.Bytes(JsonSerializer.SerializeToUtf8Bytes(request, ChatJson.Relaxed.ChatRequest), "application/json"),
    };
}
