using System.Buffers.Binary;
using System.Text;

namespace MultiModal.Runtime.Weights.Torch;

/// <summary>The central directory of a zip archive (APPNOTE.TXT 6.3, zip64 included), and where each member's bytes begin.</summary>
/// <remarks>The framework's reader does not say where a member lies in the file, and weights are to be used where they lie.</remarks>
sealed class ZipDirectory
{
    const int EndLength = 22;
    const int LocatorLength = 20;
    const int End64Length = 56;
    const int EntryLength = 46;
    const int LocalLength = 30;
    const int MostEntries = 200_000;
    const int MostDirectoryBytes = 32 << 20;

    readonly RandomAccessFile file;
    readonly Dictionary<string, ZipEntry> entries = new(StringComparer.Ordinal);

    ZipDirectory(RandomAccessFile file) => this.file = file;

    public IEnumerable<ZipEntry> Entries => entries.Values;

    public static ZipDirectory Read(RandomAccessFile file)
    {
        var directory = new ZipDirectory(file);
        directory.ReadEntries();
        return directory;
    }

    public ZipEntry? Find(string name) => entries.GetValueOrDefault(name);

    /// <summary>Where a member's bytes begin, behind its local header.</summary>
    public long DataOffset(ZipEntry entry)
    {
        if (entry.Encrypted)
            throw Error("The member is encrypted.", entry.Name);
        Span<byte> header = stackalloc byte[LocalLength];
        if (entry.HeaderOffset > file.Length - LocalLength)
            throw Error("The member begins behind the end of the file.", entry.Name);
        file.Read(entry.HeaderOffset, header);
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != 0x04034B50)
            throw Error("The member has no local header where the directory says.", entry.Name);
        var start = entry.HeaderOffset + LocalLength
            + BinaryPrimitives.ReadUInt16LittleEndian(header[26..]) + BinaryPrimitives.ReadUInt16LittleEndian(header[28..]);
        return start <= file.Length - entry.CompressedLength ? start : throw Error("The member reaches behind the end of the file.", entry.Name);
    }

    void ReadEntries()
    {
        var (offset, length, count) = FindDirectory();
        if (length > MostDirectoryBytes || count > MostEntries)
            throw Error($"The directory claims {count} members in {length} bytes, which no checkpoint has.");
        if (offset < 0 || length < 0 || offset > file.Length - length)
            throw Error("The directory lies outside the file.");
        if (count > length / EntryLength)
            throw Error($"The directory claims {count} members in only {length} bytes.");

        var bytes = file.ReadBytes(offset, (int)length).AsSpan();
        for (var i = 0L; i < count; i++)
        {
            if (bytes.Length < EntryLength || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != 0x02014B50)
                throw Error($"Member {i} of the directory is malformed.");
            var nameLength = BinaryPrimitives.ReadUInt16LittleEndian(bytes[28..]);
            var extraLength = BinaryPrimitives.ReadUInt16LittleEndian(bytes[30..]);
            var total = EntryLength + nameLength + extraLength + BinaryPrimitives.ReadUInt16LittleEndian(bytes[32..]);
            if (bytes.Length < total)
                throw Error($"Member {i} of the directory is cut short.");
            var name = Encoding.UTF8.GetString(bytes.Slice(EntryLength, nameLength));
            if (!entries.TryAdd(name, Entry(name, bytes, bytes.Slice(EntryLength + nameLength, extraLength))))
                throw Error("The name occurs twice.", name);
            bytes = bytes[total..];
        }
    }

    ZipEntry Entry(string name, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> extra)
    {
        var flags = BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]);
        var method = BinaryPrimitives.ReadUInt16LittleEndian(bytes[10..]);
        var compressed = (long)BinaryPrimitives.ReadUInt32LittleEndian(bytes[20..]);
        var length = (long)BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..]);
        var header = (long)BinaryPrimitives.ReadUInt32LittleEndian(bytes[42..]);

        // Fields of all ones are in the zip64 extra field (id 1), in this order.
        for (var rest = extra; rest.Length >= 4;)
        {
            var id = BinaryPrimitives.ReadUInt16LittleEndian(rest);
            var size = Math.Min(BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]), rest.Length - 4);
            var field = rest.Slice(4, size);
            rest = rest[(4 + size)..];
            if (id != 1)
                continue;
            length = Wide(length, ref field);
            compressed = Wide(compressed, ref field);
            header = Wide(header, ref field);
        }

        if (length < 0 || compressed < 0 || header < 0 || compressed > file.Length || header > file.Length)
            throw Error("The member's size or place is outside the file.", name);
        if (method == 0 && length != compressed)
            throw Error("The member is stored, but has two sizes.", name);
        return new(name, method, (flags & 1) != 0, compressed, length, header);
    }

    static long Wide(long value, ref ReadOnlySpan<byte> field)
    {
        if (value != uint.MaxValue || field.Length < 8)
            return value;
        var wide = BinaryPrimitives.ReadInt64LittleEndian(field);
        field = field[8..];
        return wide;
    }

    (long Offset, long Length, long Count) FindDirectory()
    {
        // The record at the end may be followed by a comment of up to 65535 bytes.
        var tailLength = (int)Math.Min(file.Length, EndLength + ushort.MaxValue);
        var tailStart = file.Length - tailLength;
        var tail = file.ReadBytes(tailStart, tailLength).AsSpan();
        var at = tail.LastIndexOf("PK\x05\x06"u8);
        while (at >= 0 && tail.Length - at < EndLength)
            at = tail[..at].LastIndexOf("PK\x05\x06"u8);
        if (at < 0)
            throw Error("The archive has no directory.", remedy: "The download was probably cut short.");
        var end = tail[at..];
        var count = (long)BinaryPrimitives.ReadUInt16LittleEndian(end[10..]);
        var length = (long)BinaryPrimitives.ReadUInt32LittleEndian(end[12..]);
        var offset = (long)BinaryPrimitives.ReadUInt32LittleEndian(end[16..]);
        if (count != ushort.MaxValue && length != uint.MaxValue && offset != uint.MaxValue)
            return (offset, length, count);

        var locatorAt = tailStart + at - LocatorLength;
        if (locatorAt < 0)
            throw Error("The zip64 directory is missing.");
        var locator = file.ReadBytes(locatorAt, LocatorLength).AsSpan();
        if (BinaryPrimitives.ReadUInt32LittleEndian(locator) != 0x07064B50)
            return (offset, length, count);
        var end64At = BinaryPrimitives.ReadInt64LittleEndian(locator[8..]);
        if (end64At < 0 || end64At > file.Length - End64Length)
            throw Error("The zip64 directory lies outside the file.");
        var end64 = file.ReadBytes(end64At, End64Length).AsSpan();
        if (BinaryPrimitives.ReadUInt32LittleEndian(end64) != 0x06064B50)
            throw Error("The zip64 directory is malformed.");
        count = BinaryPrimitives.ReadInt64LittleEndian(end64[32..]);
        return (BinaryPrimitives.ReadInt64LittleEndian(end64[48..]), BinaryPrimitives.ReadInt64LittleEndian(end64[40..]), count);
    }

    InvalidFileException Error(string problem, string? member = null, string? remedy = null) =>
        new(file.Path, problem, member is null ? "zip archive" : $"member '{member}'", remedy);
}
