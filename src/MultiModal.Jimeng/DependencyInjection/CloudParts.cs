using MultiModal.Jimeng.Baidu;
using MultiModal.Jimeng.Baidu.Auth;
using MultiModal.Jimeng.Chat;
using MultiModal.Jimeng.Http;
using MultiModal.Jimeng.Volcengine;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>What one Baidu client and its handlers share for the life of the container.</summary>
internal sealed class BaiduParts
{
    public BaiduParts(BaiduAIOptions options, TimeProvider time, Func<CloudPipelines, Func<string, string>, CloudTransport> transport)
    {
        Options = options;
        Pipelines = new(options.Resilience, time);
        Clock = new(time);
        var sender = transport(Pipelines, text => Redaction.Of(text, options.Secrets.Concat(Tokens?.Known ?? [])));
        Tokens = new(sender, options);
        Client = new(sender, options, Tokens);
    }

    public BaiduAIOptions Options { get; }

    public CloudPipelines Pipelines { get; }

    public ServerClock Clock { get; }

    public BaiduTokenSource Tokens { get; }

    public BaiduAIClient Client { get; }
}

/// <summary>What one Jimeng client and its handlers share for the life of the container.</summary>
internal sealed class JimengParts
{
    public JimengParts(JimengOptions options, TimeProvider time, Func<CloudPipelines, Func<string, string>, CloudTransport> transport)
    {
        Options = options;
        Pipelines = new(options.Resilience, time);
        Clock = new(time);
        Client = new(transport(Pipelines, text => Redaction.Of(text, options.Secrets)), options);
    }

    public JimengOptions Options { get; }

    public CloudPipelines Pipelines { get; }

    public ServerClock Clock { get; }

    public JimengClient Client { get; }
}

/// <summary>What one chat client and its handlers share for the life of the container.</summary>
internal sealed class ChatParts
{
    public ChatParts(string name, ChatEndpointOptions options, TimeProvider time, Func<CloudPipelines, Func<string, string>, CloudTransport> transport)
    {
        Options = options;
        Pipelines = new(options.Resilience, time);
        var address = options.BaseAddress!;
        var uri = new Uri($"{address.AbsoluteUri.TrimEnd('/')}/chat/completions");
        Client = new(transport(Pipelines, text => Redaction.Of(text, [options.ApiKey])), new(name, $"chat.{name}", uri, options.Model, TokenPlacement.BearerHeader));
    }

    public ChatEndpointOptions Options { get; }

    public CloudPipelines Pipelines { get; }

    public ChatCompletionClient Client { get; }
}
