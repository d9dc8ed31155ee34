using System.Security.Cryptography;

namespace MultiModal.Pipeline.Security;

/// <summary>Encrypts a stream chunk by chunk.</summary>
static class SealingWriter
{
    /// <summary>Seals all of a stream.</summary>
    /// <returns>How many bytes it had.</returns>
    public static async Task<long> WriteAsync(
        Stream plain, Stream target, string id, byte[] key, byte[] header, long largest, CancellationToken cancellationToken)
    {
        using var cipher = new AesGcm(key, SealedFormat.TagLength);
        var bound = SealedFormat.AssociatedData(id, header);
        byte[] current = new byte[SealedFormat.ChunkLength], next = new byte[SealedFormat.ChunkLength];
        var output = new byte[SealedFormat.ChunkLength + SealedFormat.TagLength];
        try
        {
            await target.WriteAsync(header, cancellationToken).ConfigureAwait(false);
            var (total, filled) = (0L, await plain.ReadAtLeastAsync(current, current.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false));
            for (long chunk = 0; ; chunk++)
            {
                // Only what follows tells whether a chunk is the last one.
                var following = filled < current.Length ? 0
                    : await plain.ReadAtLeastAsync(next, next.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
                total += filled;
                if (total > largest)
                    throw new ArgumentException($"The recording has more than the {largest} bytes that VoiceVaultOptions.LargestRecording allows.");
                Seal(cipher, current.AsSpan(0, filled), output, bound, chunk, following == 0);
                await target.WriteAsync(output.AsMemory(0, filled + SealedFormat.TagLength), cancellationToken).ConfigureAwait(false);
                if (following == 0) return total;
                (current, next, filled) = (next, current, following);
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(current);
            CryptographicOperations.ZeroMemory(next);
        }
    }

    static void Seal(AesGcm cipher, ReadOnlySpan<byte> plain, Span<byte> output, byte[] bound, long chunk, bool isLast)
    {
        Span<byte> nonce = stackalloc byte[SealedFormat.NonceLength];
        SealedFormat.Nonce(nonce, chunk, isLast);
        cipher.Encrypt(nonce, plain, output[..plain.Length], output.Slice(plain.Length, SealedFormat.TagLength), bound);
    }
}
