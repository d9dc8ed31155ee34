using System.ComponentModel.DataAnnotations;

namespace MultiModal.Pipeline.Security;

/// <summary>How a vault keeps recordings.</summary>
public sealed class VoiceVaultOptions
{
    /// <summary>The folder of the built-in file store.</summary>
    [Required]
    public string Folder { get; set; } = "";

    /// <summary>Master keys in base64 by their names. Take them from a secret store, not from a file beside the program.</summary>
    public IDictionary<string, string> MasterKeys { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The name of the key that new recordings are put under.</summary>
    [Required]
    public string CurrentMasterKey { get; set; } = "";

    /// <summary>How long a recording can be read when nothing else is said.</summary>
    /// <value>The default value is 72 hours.</value>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromHours(72);

    /// <summary>The longest lifetime that may be asked for.</summary>
    /// <value>The default value is 30 days.</value>
    public TimeSpan LongestLifetime { get; set; } = TimeSpan.FromDays(30);

    /// <summary>The most bytes a recording may have.</summary>
    /// <value>The default value is 2 GiB.</value>
    public long LargestRecording { get; set; } = 2L << 30;

    /// <summary>How often expired recordings are looked for and destroyed.</summary>
    /// <value>The default value is 10 minutes. Reading an expired one fails at once, purged or not.</value>
    public TimeSpan PurgeEvery { get; set; } = TimeSpan.FromMinutes(10);
}
