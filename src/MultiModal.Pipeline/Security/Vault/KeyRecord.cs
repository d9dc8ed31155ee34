using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace MultiModal.Pipeline.Security;

/// <summary>
/// The small record that makes a sealed recording readable: in plain the master key's name and the moment it expires, and, wrapped by the
/// master key, the recording's key with all that was said of it. The plain part and the identifier are bound to the wrapping.
/// </summary>
/// <remarks>
/// Layout: "MMVKEY01", expiry in Unix milliseconds (8 bytes, big-endian), length of the master key's name (1 byte), the name, nonce (12), tag (16), wrapped bytes.
/// Wrapped: key (32), then the description as JSON in UTF-8.
/// </remarks>
sealed class KeyRecord
{
    const int KeyLength = 32, FixedLength = 8 + 8 + 1;

    readonly byte[] bytes;

    KeyRecord(byte[] bytes, string id, string masterKeyId, DateTimeOffset expiresAt) =>
        (this.bytes, Id, MasterKeyId, ExpiresAt) = (bytes, id, masterKeyId, expiresAt);

    public string Id { get; }

    public string MasterKeyId { get; }

    /// <summary>By the plain part: to be believed once <see cref="Unwrap"/> has succeeded.</summary>
    public DateTimeOffset ExpiresAt { get; }

    public ReadOnlyMemory<byte> Bytes => bytes;

    static ReadOnlySpan<byte> Magic => "MMVKEY01"u8;

    int PlainLength => FixedLength + MasterKeyId.Length;

    public static KeyRecord Wrap(string id, MasterKey master, DateTimeOffset expiresAt, ReadOnlySpan<byte> key, RecordingDescription description)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(description, VaultJson.Default.RecordingDescription);
        var plainLength = FixedLength + master.Id.Length;
        var bytes = new byte[plainLength + SealedFormat.NonceLength + SealedFormat.TagLength + KeyLength + json.Length];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(8), expiresAt.ToUnixTimeMilliseconds());
        bytes[16] = (byte)master.Id.Length;
        Encoding.ASCII.GetBytes(master.Id, bytes.AsSpan(FixedLength));
        var nonce = bytes.AsSpan(plainLength, SealedFormat.NonceLength);
        RandomNumberGenerator.Fill(nonce);
        var record = new KeyRecord(bytes, id, master.Id, DateTimeOffset.FromUnixTimeMilliseconds(expiresAt.ToUnixTimeMilliseconds()));
        byte[] secret = [.. key, .. json];
        using var cipher = new AesGcm(master.Bytes, SealedFormat.TagLength);
        cipher.Encrypt(nonce, secret, record.Wrapped, record.Tag, record.Bound());
        CryptographicOperations.ZeroMemory(secret);
        return record;
    }

    /// <exception cref="VaultTamperedException">It is no key record.</exception>
    public static KeyRecord Parse(string id, byte[] bytes)
    {
        if (bytes.Length < FixedLength || !bytes.AsSpan().StartsWith(Magic)) throw new VaultTamperedException(id, "key record");
        var milliseconds = BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(8));
        var nameLength = bytes[16];
        if (bytes.Length < FixedLength + nameLength + SealedFormat.NonceLength + SealedFormat.TagLength + KeyLength
            || milliseconds < DateTimeOffset.MinValue.ToUnixTimeMilliseconds() || milliseconds > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
            throw new VaultTamperedException(id, "key record");
        return new(bytes, id, Encoding.ASCII.GetString(bytes, FixedLength, nameLength), DateTimeOffset.FromUnixTimeMilliseconds(milliseconds));
    }

    /// <summary>The recording's key and description. The caller clears the key after use.</summary>
    /// <exception cref="VaultTamperedException">Any bit of the record was changed, or it is another recording's.</exception>
    public (byte[] Key, RecordingDescription Description) Unwrap(MasterKey master)
    {
        var secret = new byte[bytes.Length - PlainLength - SealedFormat.NonceLength - SealedFormat.TagLength];
        try
        {
            using var cipher = new AesGcm(master.Bytes, SealedFormat.TagLength);
            cipher.Decrypt(bytes.AsSpan(PlainLength, SealedFormat.NonceLength), Wrapped, Tag, secret, Bound());
            var description = JsonSerializer.Deserialize(secret.AsSpan(KeyLength), VaultJson.Default.RecordingDescription)
                ?? throw new VaultTamperedException(Id, "key record");
            return (secret[..KeyLength], description);
        }
        catch (Exception error) when (error is AuthenticationTagMismatchException or JsonException)
        {
            throw new VaultTamperedException(Id, "key record", error);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    Span<byte> Tag => bytes.AsSpan(PlainLength + SealedFormat.NonceLength, SealedFormat.TagLength);

    Span<byte> Wrapped => bytes.AsSpan(PlainLength + SealedFormat.NonceLength + SealedFormat.TagLength);

    byte[] Bound() => [.. bytes.AsSpan(0, PlainLength), .. Encoding.ASCII.GetBytes(Id)];
}
