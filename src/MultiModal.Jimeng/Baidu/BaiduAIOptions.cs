using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using MultiModal.Jimeng.Http;

namespace MultiModal.Jimeng.Baidu;

/// <summary>Keys, addresses and manners of a client of Baidu AI Cloud. Bind it to a configuration section; keep keys out of source files.</summary>
public sealed class BaiduAIOptions
{
    /// <summary>The application's API Key (OAuth), an IAM access key, or a bearer key that begins with <c>bce-v3/</c>.</summary>
    public string? ApiKey { get; set; }

    /// <summary>The application's Secret Key (OAuth) or the IAM secret. Not needed with a bearer key or a fixed token.</summary>
    public string? SecretKey { get; set; }

    /// <summary>A fixed access token, for <see cref="BaiduAuthentication.AccessToken"/>.</summary>
    public string? AccessToken { get; set; }

    /// <summary>The bearer key of Qianfan (chat, its images), where it differs from <see cref="ApiKey"/>.</summary>
    public string? QianfanApiKey { get; set; }

    /// <summary>The application's numeric id; realtime recognition needs it beside the API key.</summary>
    public string? AppId { get; set; }

    /// <summary>How requests prove who sends them.</summary>
    /// <value>The default is <see cref="BaiduAuthentication.Auto"/>.</value>
    public BaiduAuthentication Authentication { get; set; }

    /// <summary>Who speaks, for the speech services' statistics: up to 60 characters.</summary>
    /// <value>The default is null: a digest of the API key, the same in every run.</value>
    [MaxLength(60)]
    public string? Cuid { get; set; }

    /// <summary>The general host: tokens, images, censor, streaming speech.</summary>
    /// <value>The default is <c>https://aip.baidubce.com</c>.</value>
    [Required]
    public Uri AipEndpoint { get; set; } = new("https://aip.baidubce.com");

    /// <summary>The host of speech recognition.</summary>
    /// <value>The default is <c>https://vop.baidu.com</c>.</value>
    [Required]
    public Uri SpeechEndpoint { get; set; } = new("https://vop.baidu.com");

    /// <summary>The host of classic speech synthesis.</summary>
    /// <value>The default is <c>https://tsn.baidu.com</c>.</value>
    [Required]
    public Uri SynthesisEndpoint { get; set; } = new("https://tsn.baidu.com");

    /// <summary>The host of Qianfan, without the version.</summary>
    /// <value>The default is <c>https://qianfan.baidubce.com</c>.</value>
    [Required]
    public Uri QianfanEndpoint { get; set; } = new("https://qianfan.baidubce.com");

    /// <summary>The chat model used where a request names none.</summary>
    /// <value>The default is <c>ernie-4.5-turbo-128k</c>.</value>
    public string ChatModel { get; set; } = "ernie-4.5-turbo-128k";

    /// <summary>The first wait between two polls of a task; each following wait is half as long again, up to <see cref="MaxPollInterval"/>.</summary>
    /// <value>The default is 1 second.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait between two polls of a task.</summary>
    /// <value>The default is 5 seconds.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan MaxPollInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a task (a picture, a description) may take before waiting for it is given up. The task can still be asked about by its id.</summary>
    /// <value>The default is 15 minutes, after which the service itself gives up.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan TaskTimeout { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How limits, failures and slowness are dealt with.</summary>
    [Required]
    [ValidateObjectMembers]
    public CloudResilienceOptions Resilience { get; set; } = new();

    internal BaiduAuthentication EffectiveAuthentication => Authentication != BaiduAuthentication.Auto
        ? Authentication
        : AccessToken is not null ? BaiduAuthentication.AccessToken
        : ApiKey?.StartsWith("bce-v3/", StringComparison.Ordinal) == true ? BaiduAuthentication.ApiKey
        : BaiduAuthentication.OAuth;

    internal string? EffectiveQianfanKey => QianfanApiKey ?? (EffectiveAuthentication == BaiduAuthentication.ApiKey ? ApiKey : null);

    internal IEnumerable<string?> Secrets => [SecretKey, ApiKey, AccessToken, QianfanApiKey];
}
