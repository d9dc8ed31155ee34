using System.Security.Cryptography;

namespace MultiModal.Pipeline.Security;

/// <summary>A key of 256 bits that wraps the keys of recordings. It never appears in a text of this SDK.</summary>
public sealed class MasterKey
{
    /// <summary>Bytes of a key.</summary>
    public const int Length = 32;

    readonly byte[] bytes;

    /// <summary>A key from its bytes.</summary>
    /// <param name="id">Its name, which recordings note: 1 to 64 of A-Z, a-z, 0-9, '.', '-', '_'.</param>
    /// <param name="key">32 bytes, from a generator of random numbers or a key store. They are copied.</param>
    /// <exception cref="ArgumentException">The name or the length is wrong, or all bytes are the same.</exception>
    public MasterKey(string id, ReadOnlySpan<byte> key)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        if (id.Length > 64 || id.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-' or '_')))
            throw new ArgumentException("A master key's name is 1 to 64 letters, digits, '.', '-' or '_'.", nameof(id));
        if (key.Length != Length) throw new ArgumentException($"A master key has {Length} bytes; these are {key.Length}. Make one with `openssl rand -base64 32`.", nameof(key));
        if (!key.ContainsAnyExcept(key[0])) throw new ArgumentException("All bytes of the master key are the same. Make one with `openssl rand -base64 32`.", nameof(key));
        Id = id;
        bytes = key.ToArray();
    }

    /// <summary>Its name.</summary>
    public string Id { get; }

    internal ReadOnlySpan<byte> Bytes => bytes;

    /// <summary>A key from base64, as configuration and secret stores hold it.</summary>
    /// <param name="id">Its name.</param>
    /// <param name="base64">32 bytes in base64.</param>
    /// <exception cref="ArgumentException">It is not base64, or not of the right length. The text is not repeated in the error.</exception>
    public static MasterKey FromBase64(string id, string base64)
    {
        ArgumentNullException.ThrowIfNull(base64);
        Span<byte> key = stackalloc byte[Length + 3];
        try
        {
            if (base64.Length > 64 || !Convert.TryFromBase64String(base64.Trim(), key, out var written))
                throw new ArgumentException($"The master key '{id}' is not {Length} bytes in base64. Make one with `openssl rand -base64 32`.", nameof(base64));
            return new(id, key[..written]);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>A new key from the system's generator.</summary>
    /// <param name="id">Its name.</param>
    public static MasterKey Create(string id)
    {
        Span<byte> key = stackalloc byte[Length];
        RandomNumberGenerator.Fill(key);
        try
        {
            return new(id, key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>The key in base64, to be kept in a secret store.</summary>
    public string ToBase64() => Convert.ToBase64String(bytes);

    /// <summary>Its name; never the key.</summary>
    public override string ToString() => $"master key '{Id}'";
}
