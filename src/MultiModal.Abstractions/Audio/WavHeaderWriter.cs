using System.Buffers.Binary;

namespace MultiModal.Audio;

/// <summary>The bytes of a WAV file before its samples.</summary>
static class WavHeaderWriter
{
    const uint Unknown = 0xFFFFFFFF;

    /// <summary>Writes the header; its length depends on the format only, so that it can be written over at the end.</summary>
    /// <param name="target">Room for 128 bytes.</param>
    /// <param name="format">Rate and channels.</param>
    /// <param name="encoding">How samples are stored.</param>
    /// <param name="reserve">Whether to keep room (a JUNK chunk) for the 64-bit sizes of RF64, EBU Tech 3306 section 4.</param>
    /// <param name="frames">The frames that follow, or null when not yet known.</param>
    /// <returns>The number of bytes.</returns>
    internal static int Write(Span<byte> target, AudioFormat format, WavEncoding encoding, bool reserve, long? frames)
    {
        var isFloat = encoding is WavEncoding.Float32 or WavEncoding.Float64;
        var extensible = format.Channels > 2 || encoding is WavEncoding.Pcm24 or WavEncoding.Pcm32;
        var formatLength = extensible ? 40 : isFloat ? 18 : 16;
        var hasFact = isFloat;
        var length = 12 + (reserve ? 36 : 0) + 8 + formatLength + (hasFact ? 12 : 0) + 8;
        var sampleBytes = encoding.BytesPerSample();
        var dataBytes = frames * format.Channels * sampleBytes;
        var riffBytes = length - 8 + dataBytes + (dataBytes & 1);
        var is64 = riffBytes > uint.MaxValue - 1;

        var writer = new Cursor(target);
        writer.Id(is64 ? "RF64"u8 : "RIFF"u8);
        writer.UInt32(is64 || riffBytes is null ? Unknown : (uint)riffBytes);
        writer.Id("WAVE"u8);
        if (reserve)
        {
            writer.Id(is64 ? "ds64"u8 : "JUNK"u8);
            writer.UInt32(28);
            writer.Int64(is64 ? riffBytes!.Value : 0);
            writer.Int64(is64 ? dataBytes!.Value : 0);
            writer.Int64(is64 ? frames!.Value : 0);
            writer.UInt32(0);
        }

        writer.Id("fmt "u8);
        writer.UInt32((uint)formatLength);
        var tag = (ushort)(isFloat ? 3 : 1);
        writer.UInt16(extensible ? (ushort)0xFFFE : tag);
        writer.UInt16((ushort)format.Channels);
        writer.UInt32((uint)format.SampleRate);
        writer.UInt32((uint)Math.Min((long)format.SampleRate * format.Channels * sampleBytes, uint.MaxValue));
        writer.UInt16((ushort)(format.Channels * sampleBytes));
        writer.UInt16((ushort)(sampleBytes * 8));
        if (extensible)
        {
            writer.UInt16(22);
            writer.UInt16((ushort)(sampleBytes * 8));
            writer.UInt32(SpeakerMask(format.Channels));
            writer.UInt16(tag);
            writer.Id([0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]);
        }
        else if (isFloat)
        {
            writer.UInt16(0);
        }

        if (hasFact)
        {
            writer.Id("fact"u8);
            writer.UInt32(4);
            writer.UInt32((uint)Math.Min(frames ?? Unknown, Unknown));
        }

        writer.Id("data"u8);
        writer.UInt32(is64 || dataBytes is null ? Unknown : (uint)dataBytes);
        return length;
    }

    /// <summary>The usual loudspeakers for a number of channels; 0, "no assignment", beyond 8.</summary>
    static uint SpeakerMask(int channels) => channels switch
    {
        1 => 0x4,
        2 => 0x3,
        3 => 0x7,
        4 => 0x33,
        5 => 0x37,
        6 => 0x3F,
        7 => 0x13F,
        8 => 0x63F,
        _ => 0,
    };

    ref struct Cursor(Span<byte> target)
    {
        Span<byte> rest = target;

        internal void Id(ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(rest);
            rest = rest[bytes.Length..];
        }

        internal void UInt16(ushort value)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(rest, value);
            rest = rest[2..];
        }

        internal void UInt32(uint value)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(rest, value);
            rest = rest[4..];
        }

        internal void Int64(long value)
        {
            BinaryPrimitives.WriteInt64LittleEndian(rest, value);
            rest = rest[8..];
        }
    }
}
