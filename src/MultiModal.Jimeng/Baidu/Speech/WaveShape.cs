using System.Buffers.Binary;

namespace MultiModal.Jimeng.Baidu.Speech;

/// <summary>What a WAV header says of the sound, without reading the sound. The name of a file proves nothing.</summary>
internal sealed record WaveShape(int SampleRate, int Channels, int BitsPerSample, bool IsInteger, double Seconds)
{
    /// <summary>Reads the header, or gives null where the bytes are no WAV file: the service shall judge them then.</summary>
    public static WaveShape? Read(ReadOnlySpan<byte> file)
    {
        if (file.Length < 12 || !file.StartsWith("RIFF"u8) || !file[8..12].SequenceEqual("WAVE"u8))
            return null;
        ReadOnlySpan<byte> format = default;
        long dataLength = -1;
        for (var position = 12L; position + 8 <= file.Length;)
        {
            var chunk = file[(int)position..];
            long length = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            var present = (int)Math.Min(length, chunk.Length - 8);
            if (chunk.StartsWith("fmt "u8))
                format = chunk.Slice(8, present);
            else if (chunk.StartsWith("data"u8))
                dataLength = present;
            position += 8 + length + (length & 1);
        }

        if (format.Length < 16 || dataLength < 0)
            return null;
        var tag = BinaryPrimitives.ReadUInt16LittleEndian(format);
        if (tag == 0xFFFE && format.Length >= 26)
            tag = BinaryPrimitives.ReadUInt16LittleEndian(format[24..]);
        int channels = BinaryPrimitives.ReadUInt16LittleEndian(format[2..]);
        var rate = BinaryPrimitives.ReadInt32LittleEndian(format[4..]);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(format[14..]);
        var frame = channels * ((bits + 7) / 8);
        return rate <= 0 || frame == 0 ? null : new(rate, channels, bits, tag == 1, dataLength / ((double)rate * frame));
    }
}
