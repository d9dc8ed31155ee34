using System.Buffers.Binary;
using System.Text;

namespace MultiModal.Runtime.Weights.Torch;

/// <summary>Writes a zip archive of stored members whose bytes begin at multiples of 64, as PyTorch's does.</summary>
sealed class ZipWriter(FileStream stream)
{
    const int Alignment = 64;
    const ushort PaddingField = 0x4246; // "FB", by which PyTorch calls its padding

    readonly List<(byte[] Name, uint Checksum, long Length, long Header)> members = [];

    /// <summary>Adds a member.</summary>
    /// <param name="name">Its path in the archive.</param>
    /// <param name="length">How many bytes it will have.</param>
    /// <param name="write">Writes them through what it is given.</param>
    public void Add(string name, long length, Action<TensorBytes.Receiver> write)
    {
        var header = stream.Position;
        var nameBytes = Encoding.UTF8.GetBytes(name);
        // The zip64 field of a local header holds both sizes.
        var wide = length >= uint.MaxValue;
        var fixedLength = 30 + nameBytes.Length + (wide ? 20 : 0) + 4;
        var padding = (int)((Alignment - ((header + fixedLength) % Alignment)) % Alignment);

        var local = new byte[fixedLength + padding];
        var span = local.AsSpan();
        BinaryPrimitives.WriteUInt32LittleEndian(span, 0x04034B50);
        Common(span[4..], wide, 0, length, nameBytes.Length, local.Length - 30 - nameBytes.Length);
        nameBytes.CopyTo(span[30..]);
        var extra = span[(30 + nameBytes.Length)..];
        if (wide)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(extra, 1);
            BinaryPrimitives.WriteUInt16LittleEndian(extra[2..], 16);
            BinaryPrimitives.WriteInt64LittleEndian(extra[4..], length);
            BinaryPrimitives.WriteInt64LittleEndian(extra[12..], length);
            extra = extra[20..];
        }

        BinaryPrimitives.WriteUInt16LittleEndian(extra, PaddingField);
        BinaryPrimitives.WriteUInt16LittleEndian(extra[2..], (ushort)padding);
        extra[4..].Fill((byte)'Z');
        stream.Write(local);

        var checksum = 0u;
        write(part =>
        {
            checksum = Crc32.Append(checksum, part);
            stream.Write(part);
        });
        var end = stream.Position;
        if (end - header - local.Length != length)
            throw new InvalidOperationException($"The member '{name}' was to have {length} bytes, not {end - header - local.Length}.");
        Span<byte> patch = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(patch, checksum);
        stream.Position = header + 14;
        stream.Write(patch);
        stream.Position = end;
        members.Add((nameBytes, checksum, length, header));
    }

    /// <summary>Writes the directory.</summary>
    public void Finish()
    {
        var start = stream.Position;
        foreach (var (name, checksum, length, header) in members)
        {
            var wide = length >= uint.MaxValue || header >= uint.MaxValue;
            var entry = new byte[46 + name.Length + (wide ? 28 : 0)];
            var span = entry.AsSpan();
            BinaryPrimitives.WriteUInt32LittleEndian(span, 0x02014B50);
            BinaryPrimitives.WriteUInt16LittleEndian(span[4..], wide ? (ushort)45 : (ushort)20);
            Common(span[6..], wide, checksum, length, name.Length, wide ? 28 : 0);
            BinaryPrimitives.WriteUInt32LittleEndian(span[42..], wide ? uint.MaxValue : (uint)header);
            name.CopyTo(span[46..]);
            if (wide)
            {
                var extra = span[(46 + name.Length)..];
                BinaryPrimitives.WriteUInt16LittleEndian(extra, 1);
                BinaryPrimitives.WriteUInt16LittleEndian(extra[2..], 24);
                BinaryPrimitives.WriteInt64LittleEndian(extra[4..], length);
                BinaryPrimitives.WriteInt64LittleEndian(extra[12..], length);
                BinaryPrimitives.WriteInt64LittleEndian(extra[20..], header);
            }

            stream.Write(entry);
        }

        WriteEnd(start, stream.Position - start);
    }

    /// <summary>What local and central headers share: from the version needed to the length of the extra field.</summary>
    static void Common(Span<byte> span, bool wide, uint checksum, long length, int nameLength, int extraLength)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(span, wide ? (ushort)45 : (ushort)20);
        BinaryPrimitives.WriteUInt16LittleEndian(span[2..], 0x0800); // names in UTF-8
        BinaryPrimitives.WriteUInt16LittleEndian(span[8..], 0x0021); // 1 January 1980: the same weights give the same file
        BinaryPrimitives.WriteUInt32LittleEndian(span[10..], checksum);
        BinaryPrimitives.WriteUInt32LittleEndian(span[14..], wide ? uint.MaxValue : (uint)length);
        BinaryPrimitives.WriteUInt32LittleEndian(span[18..], wide ? uint.MaxValue : (uint)length);
        BinaryPrimitives.WriteUInt16LittleEndian(span[22..], (ushort)nameLength);
        BinaryPrimitives.WriteUInt16LittleEndian(span[24..], (ushort)extraLength);
    }

    void WriteEnd(long start, long length)
    {
        var wide = members.Count >= ushort.MaxValue || start >= uint.MaxValue || length >= uint.MaxValue;
        if (wide)
        {
            var end64 = new byte[56 + 20];
            var span64 = end64.AsSpan();
            BinaryPrimitives.WriteUInt32LittleEndian(span64, 0x06064B50);
            BinaryPrimitives.WriteInt64LittleEndian(span64[4..], 44);
            BinaryPrimitives.WriteUInt16LittleEndian(span64[12..], 45);
            BinaryPrimitives.WriteUInt16LittleEndian(span64[14..], 45);
            BinaryPrimitives.WriteInt64LittleEndian(span64[24..], members.Count);
            BinaryPrimitives.WriteInt64LittleEndian(span64[32..], members.Count);
            BinaryPrimitives.WriteInt64LittleEndian(span64[40..], length);
            BinaryPrimitives.WriteInt64LittleEndian(span64[48..], start);
            BinaryPrimitives.WriteUInt32LittleEndian(span64[56..], 0x07064B50);
            BinaryPrimitives.WriteInt64LittleEndian(span64[64..], start + length);
            BinaryPrimitives.WriteUInt32LittleEndian(span64[72..], 1);
            stream.Write(end64);
        }

        var end = new byte[22];
        var span = end.AsSpan();
        BinaryPrimitives.WriteUInt32LittleEndian(span, 0x06054B50);
        var count = wide ? ushort.MaxValue : (ushort)members.Count;
        BinaryPrimitives.WriteUInt16LittleEndian(span[8..], count);
        BinaryPrimitives.WriteUInt16LittleEndian(span[10..], count);
        BinaryPrimitives.WriteUInt32LittleEndian(span[12..], wide ? uint.MaxValue : (uint)length);
        BinaryPrimitives.WriteUInt32LittleEndian(span[16..], wide ? uint.MaxValue : (uint)start);
        stream.Write(end);
    }
}
