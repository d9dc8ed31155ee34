using System.Diagnostics.CodeAnalysis;
using MultiModal.Extensions.AI;
using MultiModal.Jimeng.Baidu;
using MultiModal.Jimeng.Chat;
using MultiModal.Jimeng.Volcengine;

namespace Microsoft.Extensions.AI;

/// <summary>Shows cloud clients as the interfaces of Microsoft.Extensions.AI. An adapter is safe for concurrent calls and owns nothing.</summary>
public static class CloudClientExtensions
{
    const string Experiment = "MEAI001";

    /// <summary>A chat client over Qianfan or any endpoint of OpenAI's kind, with streaming, tools and pictures.</summary>
    /// <param name="client">The client.</param>
    public static IChatClient AsIChatClient(this IChatCompletionClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        return new CloudChatClient(client);
    }

    /// <summary>An image generator over Jimeng: from text by 3.1, with pictures by 4.0, or as <see cref="ImageGenerationOptions.RawRepresentationFactory"/> says.</summary>
    /// <param name="client">The client.</param>
    [Experimental(Experiment)]
    public static IImageGenerator AsIImageGenerator(this IJimengClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        return new JimengImageGenerator(client);
    }

    /// <summary>An image generator over ERNIE-ViLG v2, or a model of Qianfan where <see cref="ImageGenerationOptions.ModelId"/> names one.</summary>
    /// <param name="client">The client.</param>
    [Experimental(Experiment)]
    public static IImageGenerator AsIImageGenerator(this IBaiduAIClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        return new BaiduImageGenerator(client);
    }

    /// <summary>Speech to text by Baidu: short recordings whole, 16-bit PCM or WAV as a stream.</summary>
    /// <param name="client">The client.</param>
    [Experimental(Experiment)]
    public static ISpeechToTextClient AsISpeechToTextClient(this IBaiduAIClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        return new BaiduSpeechToTextClient(client);
    }

    /// <summary>Text to speech by Baidu, whole or as a stream.</summary>
    /// <param name="client">The client.</param>
    [Experimental(Experiment)]
    public static ITextToSpeechClient AsITextToSpeechClient(this IBaiduAIClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        return new BaiduTextToSpeechClient(client);
    }
}
