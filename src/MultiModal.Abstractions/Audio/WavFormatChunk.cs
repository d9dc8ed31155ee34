using System.Buffers.Binary;

namespace MultiModal.Audio;

/// <summary>The fmt chunk: WAVEFORMAT, WAVEFORMATEX or WAVEFORMATEXTENSIBLE.</summary>
static class WavFormatChunk
{
    const ushort Pcm = 1, IeeeFloat = 3, ALaw = 6, MuLaw = 7, Extensible = 0xFFFE;

    /// <summary>The end of KSDATAFORMAT_SUBTYPE_*, after the two bytes that are the format tag.</summary>
    static ReadOnlySpan<byte> SubtypeTail => [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71];

    /// <summary>The end of the ambisonic B-format subtypes.</summary>
    static ReadOnlySpan<byte> AmbisonicTail => [0, 0, 0x21, 0x07, 0xD3, 0x11, 0x86, 0x44, 0xC8, 0xC1, 0xCA, 0, 0, 0];

    internal static (AudioFormat Format, WavEncoding Encoding) Parse(ReadOnlySpan<byte> chunk, WavReadOptions options, Func<string, string?, Exception> error)
    {
        var tag = BinaryPrimitives.ReadUInt16LittleEndian(chunk);
        var channels = BinaryPrimitives.ReadUInt16LittleEndian(chunk[2..]);
        var rate = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
        var frameBytes = BinaryPrimitives.ReadUInt16LittleEndian(chunk[12..]);
        var bits = BinaryPrimitives.ReadUInt16LittleEndian(chunk[14..]);
        if (channels == 0 || channels > Math.Min(options.MaxChannels, AudioFormat.MaxChannels))
            throw error($"It has {channels} channels; 1 to {Math.Min(options.MaxChannels, AudioFormat.MaxChannels)} can be read.", null);
        if (rate is 0 or > AudioFormat.MaxSampleRate)
            throw error($"Its sample rate is {rate} Hz; 1 to {AudioFormat.MaxSampleRate} can be read.", null);
        if (tag == Extensible)
        {
            if (chunk.Length < 40)
                throw error("Its format is extensible, but the fmt chunk is too short to say which it is.", null);
            var subtype = chunk[24..40];
            if (!subtype[2..].SequenceEqual(SubtypeTail) && !subtype[2..].SequenceEqual(AmbisonicTail))
                throw error($"Its format is the unknown subtype {new Guid(subtype)}.", "Convert it to PCM.");
            tag = BinaryPrimitives.ReadUInt16LittleEndian(subtype);
        }

        // Samples sit at the top of a container of whole bytes, so 20 bits read as 24.
        var container = frameBytes % channels == 0 ? frameBytes / channels : 0;
        WavEncoding? encoding = (tag, container) switch
        {
            (Pcm, 1) => WavEncoding.Pcm8,
            (Pcm, 2) => WavEncoding.Pcm16,
            (Pcm, 3) => WavEncoding.Pcm24,
            (Pcm, 4) => WavEncoding.Pcm32,
            (IeeeFloat, 4) => WavEncoding.Float32,
            (IeeeFloat, 8) => WavEncoding.Float64,
            (ALaw, 1) => WavEncoding.ALaw,
            (MuLaw, 1) => WavEncoding.MuLaw,
            (Pcm or IeeeFloat or ALaw or MuLaw, _) => throw error($"It stores {channels} channels of {bits} bits in {frameBytes} bytes a frame, which is not possible.", null),
            _ => null,
        };
        if (encoding is not { } known)
            throw error($"Its samples are compressed (format 0x{tag:X4}).", "Convert it to PCM.");
        if (bits == 0 || bits > container * 8 || (tag == IeeeFloat && bits != container * 8))
            throw error($"It stores samples of {bits} bits in {container} bytes, which is not possible.", null);
        return (new((int)rate, channels), known);
    }
}
