using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace MultiModal.AspNetCore.Access.Keys;

/// <summary>Makes API keys.</summary>
public static class ApiKey
{
    const string Prefix = "mmk_";

    /// <summary>Makes a key of 256 random bits.</summary>
    /// <returns>The key, for its owner alone, and its hash, for <see cref="ApiKeyOptions.Hash"/>.</returns>
    public static (string Key, string Hash) Create()
    {
        var key = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        return (key, Hash(key));
    }

    /// <summary>The hash of a key. One round of SHA-256 is enough for a random key; a word that a person thought of is no key.</summary>
    /// <param name="key">The key.</param>
    /// <returns>64 hexadecimal digits.</returns>
    public static string Hash(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
    }
}
