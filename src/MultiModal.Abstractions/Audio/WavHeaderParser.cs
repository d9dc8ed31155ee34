using System.Buffers.Binary;
using System.Text;

namespace MultiModal.Audio;

/// <summary>
/// Reads the chunks before the samples: RIFF (Microsoft, Multimedia Programming Interface 1.0, 1991; WAVEFORMATEXTENSIBLE, 2001) and RF64/BW64
/// (EBU Tech 3306; ITU-R BS.2088).
/// </summary>
sealed class WavHeaderParser(ByteSource source, WavReadOptions options)
{
    const uint Unknown = 0xFFFFFFFF;
    const int MaxChunks = 4096;
    const long MaxSkippedBytes = 1L << 30;

    readonly byte[] scratch = new byte[40];
    bool is64;
    uint riffSize;
    long? dataSize64;
    long skipped;
    (AudioFormat Format, WavEncoding Encoding)? format;

    /// <summary>Reads up to the first sample.</summary>
    /// <exception cref="InvalidFileException">It is no WAV file, or one that cannot be read here.</exception>
    internal async ValueTask<WavHeader> ParseAsync(bool async, CancellationToken cancellationToken)
    {
        await ReadRiffAsync(async, cancellationToken).ConfigureAwait(false);
        var odd = false;
        for (var chunk = 0; chunk < MaxChunks; chunk++)
        {
            var at = source.Position;
            if (!await ReadChunkHeaderAsync(odd, async, cancellationToken).ConfigureAwait(false))
                throw source.Error(format is null ? "It ends without a fmt chunk." : "It ends without a data chunk: there are no samples in it.");
            var (id, size) = (Encoding.Latin1.GetString(scratch, 0, 4), BinaryPrimitives.ReadUInt32LittleEndian(scratch.AsSpan(4)));
            odd = (size & 1) != 0;
            switch (id)
            {
                case "ds64":
                    await ReadSizesAsync(at, size, async, cancellationToken).ConfigureAwait(false);
                    break;
                case "fmt ":
                    await ReadFormatAsync(at, size, async, cancellationToken).ConfigureAwait(false);
                    break;
                case "data":
                    return Finish(at, size);
                default:
                    await SkipAsync(id, at, size, async, cancellationToken).ConfigureAwait(false);
                    break;
            }
        }

        throw source.Error($"More than {MaxChunks} chunks come before the samples.");
    }

    async ValueTask ReadRiffAsync(bool async, CancellationToken cancellationToken)
    {
        if (await source.ReadAsync(scratch.AsMemory(0, 12), async, cancellationToken).ConfigureAwait(false) < 12)
            throw source.Error("It is too short to be a WAV file.");
        var (id, type) = (Encoding.Latin1.GetString(scratch, 0, 4), Encoding.Latin1.GetString(scratch, 8, 4));
        if (id is not ("RIFF" or "RF64" or "BW64"))
            throw source.Error($"It is not a WAV file{Guess(scratch)}.", "offset 0", "Convert it to WAV.");
        if (type != "WAVE")
            throw source.Error($"It is a RIFF file of type '{Printable(type)}', not a WAV file.", "offset 8", "Convert it to WAV.");
        is64 = id != "RIFF";
        riffSize = BinaryPrimitives.ReadUInt32LittleEndian(scratch.AsSpan(4));
    }

    /// <summary>Reads a chunk's id and size; a pad byte after a chunk of odd size is passed over, and its absence (a common fault of writers) forgiven.</summary>
    async ValueTask<bool> ReadChunkHeaderAsync(bool odd, bool async, CancellationToken cancellationToken)
    {
        var have = 0;
        if (odd)
        {
            have = await source.ReadAsync(scratch.AsMemory(0, 1), async, cancellationToken).ConfigureAwait(false);
            if (have == 1 && !char.IsAsciiLetterOrDigit((char)scratch[0]))
                have = 0;
        }

        return have + await source.ReadAsync(scratch.AsMemory(have, 8 - have), async, cancellationToken).ConfigureAwait(false) == 8;
    }

    async ValueTask ReadSizesAsync(long at, uint size, bool async, CancellationToken cancellationToken)
    {
        if (size < 28)
            throw source.Error($"The ds64 chunk has {size} bytes; it needs at least 28.", Offset(at));
        await FillAsync(28, "ds64", at, async, cancellationToken).ConfigureAwait(false);
        var bytes = BinaryPrimitives.ReadInt64LittleEndian(scratch.AsSpan(8));
        if (bytes < 0)
            throw source.Error("The ds64 chunk gives an impossible data size.", Offset(at));
        dataSize64 = bytes;
        await SkipAsync("ds64", at, size - 28, async, cancellationToken).ConfigureAwait(false);
    }

    async ValueTask ReadFormatAsync(long at, uint size, bool async, CancellationToken cancellationToken)
    {
        if (format is not null)
            throw source.Error("There is a second fmt chunk.", Offset(at));
        if (size < 16)
            throw source.Error($"The fmt chunk has {size} bytes; it needs at least 16.", Offset(at));
        var used = (int)Math.Min(size, 40);
        await FillAsync(used, "fmt", at, async, cancellationToken).ConfigureAwait(false);
        format = WavFormatChunk.Parse(scratch.AsSpan(0, used), options, (problem, remedy) => source.Error(problem, Offset(at), remedy));
        await SkipAsync("fmt", at, size - (uint)used, async, cancellationToken).ConfigureAwait(false);
    }

    WavHeader Finish(long at, uint size)
    {
        if (format is not { } known)
            throw source.Error("The samples come before the fmt chunk that describes them.", Offset(at));
        var left = source.Remaining;
        var bytes = (is64, size, riffSize) switch
        {
            (true, Unknown, _) => dataSize64 ?? throw source.Error("It is an RF64 file without a ds64 chunk, so the size of its data is not known.", Offset(at)),
            (false, Unknown, _) => null,          // written into a pipe
            (false, 0, 0 or Unknown) => null,     // a recording whose sizes were never filled in
            _ => (long?)size,
        };
        if (bytes is 0 && is64 && dataSize64 is 0 && left > 0)
            bytes = null;
        if (bytes > left)
        {
            if (!options.AllowTruncated)
            {
                throw source.Error(
                    $"The data chunk should hold {bytes} bytes and the file has {left} more.",
                    Offset(at),
                    $"The file was cut off; {nameof(WavReadOptions)}.{nameof(WavReadOptions.AllowTruncated)} reads what is there.");
            }

            bytes = left;
        }

        return new(known.Format, known.Encoding, bytes ?? left, source.Position);
    }

    async ValueTask FillAsync(int count, string chunk, long at, bool async, CancellationToken cancellationToken)
    {
        if (await source.ReadAsync(scratch.AsMemory(0, count), async, cancellationToken).ConfigureAwait(false) < count)
            throw source.Error($"It ends inside its {chunk} chunk.", Offset(at));
    }

    async ValueTask SkipAsync(string chunk, long at, uint size, bool async, CancellationToken cancellationToken)
    {
        skipped += size;
        if (source.Remaining is null && skipped > MaxSkippedBytes)
            throw source.Error("More than 1 GiB comes before the samples.", Offset(at));
        if (!await source.SkipAsync(size, async, cancellationToken).ConfigureAwait(false))
            throw source.Error($"It ends inside its '{Printable(chunk)}' chunk of {size} bytes.", Offset(at));
    }

    static string Offset(long at) => $"offset {at}";

    static string Printable(string id) => string.Concat(id.Select(c => c is >= ' ' and < (char)127 ? c : '?'));

    static string Guess(ReadOnlySpan<byte> head) => head switch
    {
        [(byte)'f', (byte)'L', (byte)'a', (byte)'C', ..] => " but FLAC",
        [(byte)'O', (byte)'g', (byte)'g', (byte)'S', ..] => " but Ogg",
        [(byte)'I', (byte)'D', (byte)'3', ..] or [0xFF, >= 0xE0, ..] => " but MP3",
        [(byte)'F', (byte)'O', (byte)'R', (byte)'M', ..] => " but AIFF",
        [(byte)'R', (byte)'I', (byte)'F', (byte)'X', ..] => " but RIFX, its big-endian relative",
        [(byte)'r', (byte)'i', (byte)'f', (byte)'f', ..] => " but Sony Wave64",
        [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', ..] => " but MP4",
        _ => "",
    };
}
