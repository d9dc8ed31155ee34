using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using MultiModal.Jimeng.Http;

namespace MultiModal.Jimeng.Volcengine;

/// <summary>Keys, address and manners of a client of Jimeng (Volcengine's visual services). Keep keys out of source files.</summary>
public sealed class JimengOptions
{
    /// <summary>The access key id.</summary>
    [Required]
    public string? AccessKeyId { get; set; }

    /// <summary>The secret access key, as the console gives it (without decoding).</summary>
    [Required]
    public string? SecretAccessKey { get; set; }

    /// <summary>The session token of temporary (STS) credentials.</summary>
    public string? SessionToken { get; set; }

    /// <summary>The services' address.</summary>
    /// <value>The default is <c>https://visual.volcengineapi.com</c>.</value>
    [Required]
    public Uri Endpoint { get; set; } = new("https://visual.volcengineapi.com");

    /// <summary>The region in the signature.</summary>
    /// <value>The default is <c>cn-north-1</c>, fixed for Jimeng.</value>
    [Required]
    public string Region { get; set; } = "cn-north-1";

    /// <summary>The service in the signature.</summary>
    /// <value>The default is <c>cv</c>, fixed for Jimeng.</value>
    [Required]
    public string Service { get; set; } = "cv";

    /// <summary>The first wait between two polls of a task; each following wait is half as long again, up to <see cref="MaxPollInterval"/>.</summary>
    /// <value>The default is 2 seconds.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest wait between two polls of a task.</summary>
    /// <value>The default is 10 seconds.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan MaxPollInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a task may take before waiting for it is given up. It can still be asked about by its id for 12 hours.</summary>
    /// <value>The default is 20 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:01", "12:00:00")]
    public TimeSpan TaskTimeout { get; set; } = TimeSpan.FromMinutes(20);

    /// <summary>How many tasks of one req_key run at once; further ones wait on our side. Trial accounts may run one.</summary>
    /// <value>The default is 1.</value>
    [Range(1, 10000)]
    public int MaxConcurrentTasks { get; set; } = 1;

    /// <summary>How long one attempt of an immediate call (CVProcess) may take: it answers only when the picture is done.</summary>
    /// <value>The default is 2 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan ProcessTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How limits, failures and slowness are dealt with.</summary>
    [Required]
    [ValidateObjectMembers]
    public CloudResilienceOptions Resilience { get; set; } = new();

    internal IEnumerable<string?> Secrets => [SecretAccessKey, SessionToken, AccessKeyId];
}
