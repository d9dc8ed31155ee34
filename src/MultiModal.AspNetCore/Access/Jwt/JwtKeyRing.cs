using Microsoft.Extensions.Logging;

namespace MultiModal.AspNetCore.Access.Jwt;

/// <summary>The keys in force: those of the options, and those of the key set's file, which is read again when it changes.</summary>
internal sealed partial class JwtKeyRing
{
    static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    readonly IReadOnlyList<JwtKey> configured;
    readonly string? file;
    readonly TimeProvider time;
    readonly ILogger logger;
    readonly Lock gate = new();
    volatile IReadOnlyList<JwtKey> keys;
    (DateTime Written, long Length) seen;
    long looked;

    /// <exception cref="FormatException">A key, or the file, is unusable.</exception>
    public JwtKeyRing(JwtOptions options, TimeProvider time, ILogger logger)
    {
        (this.time, this.logger) = (time, logger);
        configured = [.. options.Keys.Select(JwtKeyReader.Read)];
        file = options.KeySetFile;
        looked = time.GetTimestamp();
        if (file is null)
        {
            keys = configured;
            return;
        }

        try
        {
            seen = Stamp(file);
            keys = [.. configured, .. JwtKeySet.Parse(File.ReadAllBytes(file))];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"The key set cannot be read: {error.Message}", error);
        }
    }

    public IReadOnlyList<JwtKey> Keys
    {
        get
        {
            if (file is not null && time.GetElapsedTime(Interlocked.Read(ref looked)) >= LookEvery)
                Look(file);
            return keys;
        }
    }

    void Look(string path)
    {
        lock (gate)
        {
            if (time.GetElapsedTime(looked) < LookEvery)
                return;
            Interlocked.Exchange(ref looked, time.GetTimestamp());
            try
            {
                if (Stamp(path) is var stamp && stamp == seen)
                    return;
                // Remembered even when unusable: the same contents fail the same way, and once in the log is enough.
                seen = stamp;
                keys = [.. configured, .. JwtKeySet.Parse(File.ReadAllBytes(path))];
                LogReread(keys.Count);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException)
            {
                LogKept(error.Message);
            }
        }
    }

    static (DateTime Written, long Length) Stamp(string path)
    {
        var info = new FileInfo(path);
        return info.Exists ? (info.LastWriteTimeUtc, info.Length) : throw new FileNotFoundException("There is no such file.", path);
    }

    [LoggerMessage(LogLevel.Information, "The key set of tokens has changed; there are now {Count} keys.")]
    partial void LogReread(int count);

    [LoggerMessage(LogLevel.Error, "The key set of tokens has changed and is not usable; the former keys stay in force. {Problem}")]
    partial void LogKept(string problem);
}
