namespace MultiModal.AspNetCore.Access.Keys;

/// <summary>An API key, of which only the hash is kept. <see cref="ApiKey.Create"/> makes both.</summary>
public sealed class ApiKeyOptions
{
    /// <summary>Whose key it is: names its owner in logs, and owns its jobs. Several keys may share a name, as when one replaces another.</summary>
    public string Name { get; set; } = "";

    /// <summary>The SHA-256 of the key, 64 hexadecimal digits.</summary>
    public string Hash { get; set; } = "";

    /// <summary>When the key ceases to be accepted; null by default, never.</summary>
    public DateTimeOffset? Expires { get; set; }
}
