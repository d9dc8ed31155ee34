using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;

namespace MultiModal.AspNetCore.Access.Keys;

/// <summary>Checks API keys. How long it takes tells nothing of which key, or how much of it, was right.</summary>
internal sealed class ApiKeyVerifier
{
    const int MaximumLength = 256;
    readonly (ApiKeyOptions Options, byte[] Hash)[] keys;
    readonly TimeProvider time;

    public ApiKeyVerifier(IEnumerable<ApiKeyOptions> options, TimeProvider time)
    {
        keys = [.. options.Select(static key => (key, Convert.FromHexString(key.Hash)))];
        this.time = time;
    }

    public AccessResult Verify(string key)
    {
        if (key.Length is 0 or > MaximumLength)
            return AccessResult.Refused("The API key is not known.");
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(key), hash);
        ApiKeyOptions? found = null;
        foreach (var (options, expected) in keys)
        {
            if (CryptographicOperations.FixedTimeEquals(hash, expected))
                found = options;
        }

        if (found is null)
            return AccessResult.Refused("The API key is not known.");
        if (found.Expires is { } end && time.GetUtcNow() >= end)
            return AccessResult.Refused("The API key has expired.");
        var identity = new ClaimsIdentity([new("sub", found.Name)], "ApiKey", "sub", null);
        return AccessResult.Accepted(new($"key:{found.Name}", found.Name, identity));
    }
}
