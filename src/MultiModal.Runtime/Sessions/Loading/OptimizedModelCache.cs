using System.Globalization;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using System.Text;

namespace MultiModal.Runtime.Sessions;

/// <summary>A folder of models as the runtime optimised them.</summary>
/// <remarks>
/// A model is found by its content: the SHA-256 of its bytes, the runtime's version, the device, the level and the processor's
/// vector instructions (layouts depend on them). Weights that are lent to runs are no part of it, so it stays small. Files carry
/// their own hash; a damaged one counts as missing. They appear by renaming, so that several processes may share the folder.
/// </remarks>
sealed class OptimizedModelCache(string folder)
{
    static readonly byte[] Magic = "MMOPT001"u8.ToArray();

    /// <summary>The name under which the optimised form of a model is kept.</summary>
    public static string Key(ReadOnlySpan<byte> model, string runtimeVersion, Device device, GraphOptimization level)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"{runtimeVersion}|{device}|{level}|{NativeLibraryLocator.RuntimeIdentifier}|{Vector512.IsHardwareAccelerated}|{Avx2.IsSupported}|{model.Length}|")));
        hash.AppendData(model);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The optimised model, or null when there is none that is whole.</summary>
    public byte[]? Find(string key)
    {
        try
        {
            var bytes = File.ReadAllBytes(PathOf(key));
            var header = Magic.Length + SHA256.HashSizeInBytes;
            if (bytes.Length > header
                && bytes.AsSpan(0, Magic.Length).SequenceEqual(Magic)
                && SHA256.HashData(bytes.AsSpan(header)).AsSpan().SequenceEqual(bytes.AsSpan(Magic.Length, SHA256.HashSizeInBytes)))
            {
                return bytes[header..];
            }

            Remove(key);
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>A path the runtime may write an optimised model to, or null when the folder cannot be written.</summary>
    public string? Reserve(string key)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return Path.Combine(folder, $"{key}.{Guid.NewGuid():n}.tmp");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Takes a model the runtime has written into the cache. A cache that cannot be written is no error.</summary>
    public void Keep(string key, string written)
    {
        try
        {
            var model = File.ReadAllBytes(written);
            var sealedPath = written + ".sealed";
            using (var stream = File.Create(sealedPath))
            {
                stream.Write(Magic);
                stream.Write(SHA256.HashData(model));
                stream.Write(model);
            }

            File.Move(sealedPath, PathOf(key), overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
        }

        Discard(written);
    }

    /// <summary>Forgets a model.</summary>
    public void Remove(string key) => Discard(PathOf(key));

    /// <summary>Deletes what <see cref="Reserve"/> reserved.</summary>
    public static void Discard(string path)
    {
        try
        {
            File.Delete(path);
            File.Delete(path + ".sealed");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
        }
    }

    string PathOf(string key) => Path.Combine(folder, key + ".onnxopt");
}
