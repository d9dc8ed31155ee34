using MultiModal.Capabilities;
using MultiModal.Images;
using MultiModal.Jimeng.Baidu;
using MultiModal.Jimeng.Chat;
using MultiModal.Jimeng.Volcengine;

namespace MultiModal.Jimeng.Capabilities;

/// <summary>
/// Shows cloud clients as the interfaces that local engines have too, so that one can stand for the other. An adapter is safe for
/// concurrent calls and owns nothing. What goes wrong is a <see cref="CloudApiException"/>, as everywhere with the clients.
/// </summary>
public static class CloudCapabilityExtensions
{
    /// <summary>Recognition by Baidu. Recordings above its 60 seconds are divided where they are quietest.</summary>
    /// <param name="client">The client.</param>
    public static ISpeechRecognizer AsSpeechRecognizer(this IBaiduAIClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        return new BaiduRecognizer(client);
    }

    /// <summary>Synthesis by Baidu: 16 kHz, one channel. Voices go by number (per).</summary>
    /// <param name="client">The client.</param>
    public static ISpeechSynthesizer AsSpeechSynthesizer(this IBaiduAIClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        return new BaiduSynthesizer(client);
    }

    /// <summary>Pictures by ERNIE-ViLG v2, or by a model of Qianfan.</summary>
    /// <param name="client">The client.</param>
    /// <param name="model">The model of Qianfan, such as <c>irag-1.0</c>; null for ERNIE-ViLG v2.</param>
    /// <param name="codecs">What reads the pictures; null for PNG alone.</param>
    public static IImageGenerator AsImageGenerator(this IBaiduAIClient client, string? model = null, IEnumerable<IImageCodec>? codecs = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        return new BaiduDrawer(client, model, new("Baidu", codecs));
    }

    /// <summary>Pictures by Jimeng. One request makes one picture; several are several requests, billed each.</summary>
    /// <param name="client">The client.</param>
    /// <param name="model">The model of the family 3, see <see cref="JimengKeys"/>; null for 3.1.</param>
    /// <param name="codecs">What reads the pictures; null for PNG alone.</param>
    public static IImageGenerator AsImageGenerator(this IJimengClient client, string? model = null, IEnumerable<IImageCodec>? codecs = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        return new JimengDrawer(client, model, new("Volcengine", codecs));
    }

    /// <summary>Pictures changed by Jimeng's image to image, 3.0. It takes no mask.</summary>
    /// <param name="client">The client.</param>
    /// <param name="codecs">What reads the pictures; null for PNG alone.</param>
    public static IImageEditor AsImageEditor(this IJimengClient client, IEnumerable<IImageCodec>? codecs = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        return new JimengEditor(client, new("Volcengine", codecs));
    }

    /// <summary>Pictures described by Baidu.</summary>
    /// <param name="client">The client.</param>
    public static IImageDescriber AsImageDescriber(this IBaiduAIClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        return new BaiduDescriber(client);
    }

    /// <summary>Texts judged by Baidu.</summary>
    /// <param name="client">The client.</param>
    public static ITextCensor AsTextCensor(this IBaiduAIClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        return new BaiduTextCensor(client);
    }

    /// <summary>Pictures judged by Baidu. Those outside of its 128 to 4,096 pixels a side are shown to it smaller or larger.</summary>
    /// <param name="client">The client.</param>
    public static IImageCensor AsImageCensor(this IBaiduAIClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        return new BaiduImageCensor(client);
    }

    /// <summary>Chat with Qianfan or any endpoint of OpenAI's kind.</summary>
    /// <param name="client">The client.</param>
    public static IChatModel AsChatModel(this IChatCompletionClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        return new EndpointChatModel(client);
    }
}
